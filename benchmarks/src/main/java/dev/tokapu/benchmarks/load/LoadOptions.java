package dev.tokapu.benchmarks.load;

import dev.tokapu.cli.load.Arrivals;
import dev.tokapu.cli.load.Goal;
import dev.tokapu.cli.load.Range;
import dev.tokapu.cli.load.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What {@link LoadBench} is asked for.
 *
 * @param target the address of a server
 * @param model the name that requests carry
 * @param points one load each, one after the other
 * @param workload the requests
 * @param requests requests of a load; 0 for {@code perUser} for each user of a closed load
 * @param perUser see {@code requests}
 * @param warmUp requests before each load that are not measured; negative for as many as there are users at once
 * @param goal what makes an answer good
 * @param timeoutSeconds what has not ended this long after the last request was sent has failed
 * @param engine settings of an engine in this process, which is the target then
 * @param output the file that gets the results, or empty for standard output
 */
record LoadOptions(
        String target,
        String model,
        List<Arrivals> points,
        Workload workload,
        int requests,
        int perUser,
        int warmUp,
        Goal goal,
        long timeoutSeconds,
        EngineSettings engine,
        String output) {

    static final String USAGE = """
            usage: LoadBench TARGET [OPTIONS]
                TARGET                  http://HOST:PORT of an OpenAI-compatible server, or "engine": one in this process
                --engine K=V,K=V        its settings: model (a file), slots, context (tokens of a request), micro-batch, threads,
                                        kv (auto, split, unified), sampling (auto, threads, device), queue, stall, itl-target (ms),
                                        prefix-cache (on, none), kept, host-memory (MiB),
                                        disk (a directory), speculation (none, ngram, draft, draft-always, mtp, mtp-always),
                                        draft-model (a file), draft-max, draft-p-min, answers (on)
                --concurrency N,N,...   closed loads of N users each (default 1)
                --rate R,R,...          open loads of R requests per second instead, at random times
                --in N, N-M or N~M      tokens of a prompt (default 512); between two numbers, or with ~ most of them short
                --out N, N-M or N~M     tokens of an answer (default 128)
                --prefix G:N            G groups of prompts with N further tokens in common at the beginning
                --vocabulary N-M        token ids that prompts are made of (default 1000-20000)
                --requests N            requests of each load (default: see --per-user)
                --per-user N            requests for each user of a closed load, at least 8 in all (default 4)
                --warm-up N             requests before each load that do not count (default: one for each user)
                --goodput G             what makes an answer good, in ms: ttft:500,tpot:50,e2el:8000
                --seed N                of everything random (default 1)
                --timeout S             seconds until what has not ended has failed (default 600)
                --model NAME            the model's name in requests (default "default")
                --output FILE           JSON, one line for each load (default: standard output)""";

    static final String ENGINE = "engine";

    private static final int LEAST_REQUESTS = 8;

    /**
     * Reads arguments.
     *
     * @throws IllegalArgumentException if they make no sense, with what to do
     */
    static LoadOptions parse(String... args) {
        if (args.length == 0 || args[0].startsWith("--")) {
            throw new IllegalArgumentException("the target is missing\n" + USAGE);
        }
        Map<String, String> given = new HashMap<>();
        for (int i = 1; i < args.length; i += 2) {
            if (!args[i].startsWith("--") || !USAGE.contains(" " + args[i] + " ") || i + 1 == args.length) {
                throw new IllegalArgumentException("'" + args[i] + "' is no option, or lacks its value\n" + USAGE);
            }
            given.put(args[i], args[i + 1]);
        }
        String[] prefix = given.getOrDefault("--prefix", "0:0").split(":", -1);
        if (prefix.length != 2) {
            throw new IllegalArgumentException("--prefix wants groups and tokens, as in 4:512");
        }
        Workload workload = new Workload(
                Range.parse(given.getOrDefault("--in", "512")),
                Range.parse(given.getOrDefault("--out", "128")),
                Integer.parseInt(prefix[0]),
                Integer.parseInt(prefix[1]),
                Range.parse(given.getOrDefault("--vocabulary", "1000-20000")),
                Long.parseLong(given.getOrDefault("--seed", "1")));
        return new LoadOptions(
                args[0],
                given.getOrDefault("--model", "default"),
                points(given),
                workload,
                Integer.parseInt(given.getOrDefault("--requests", "0")),
                Integer.parseInt(given.getOrDefault("--per-user", "4")),
                Integer.parseInt(given.getOrDefault("--warm-up", "-1")),
                given.containsKey("--goodput") ? Goal.parse(given.get("--goodput")) : Goal.NONE,
                Long.parseLong(given.getOrDefault("--timeout", "600")),
                engine(args[0], given.getOrDefault("--engine", "")),
                given.getOrDefault("--output", ""));
    }

    /** Settings of an engine, as in the usage. */
    static EngineSettings engine(String target, String text) {
        EngineSettings settings = EngineSettings.parse(text);
        if (target.equals(ENGINE) && !settings.hasModel()) {
            throw new IllegalArgumentException("the engine needs --engine model=FILE");
        }
        return settings;
    }

    private static List<Arrivals> points(Map<String, String> given) {
        if (given.containsKey("--rate") && given.containsKey("--concurrency")) {
            throw new IllegalArgumentException("--rate and --concurrency exclude each other");
        }
        if (given.containsKey("--rate")) {
            if (Integer.parseInt(given.getOrDefault("--requests", "0")) < 1) {
                throw new IllegalArgumentException("--rate needs --requests");
            }
            return points(given.get("--rate"), text -> new Arrivals.Poisson(Double.parseDouble(text)));
        }
        return points(given.getOrDefault("--concurrency", "1"), text -> new Arrivals.Closed(Integer.parseInt(text)));
    }

    private static List<Arrivals> points(String list, Function<String, Arrivals> point) {
        List<Arrivals> points = new ArrayList<>();
        for (String text : list.split(",", -1)) {
            points.add(point.apply(text));
        }
        return points;
    }

    int requestsOf(Arrivals point) {
        return requests == 0 && point instanceof Arrivals.Closed closed
                ? Math.max(LEAST_REQUESTS, closed.concurrency() * perUser)
                : requests;
    }

    int warmUpOf(Arrivals point) {
        if (warmUp >= 0) {
            return warmUp;
        }
        return point instanceof Arrivals.Closed closed ? closed.concurrency() : 1;
    }
}
