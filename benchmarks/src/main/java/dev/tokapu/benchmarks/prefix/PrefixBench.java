package dev.tokapu.benchmarks.prefix;

import dev.tokapu.benchmarks.load.EngineSettings;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs a scenario against an engine in this process or a llama-server: times to first tokens, and how much of the prompts was prefilled,
 * beside the least that a system with endless memory would prefill. Prints one JSON object; {@code benchmarks/run.py prefix} uses it.
 *
 * <p>Arguments: target ({@code engine} or the address of a llama-server), settings of the engine or "-", the scenario, its sizes as in
 * {@code requests=64,prefix=4000}, a seed.
 */
public final class PrefixBench {

    private static final int WARM_UP_PROMPT = 200;
    private static final int WARM_UP_TOKENS = 16;
    private static final int WARM_UP_USERS = 2;

    private PrefixBench() {}

    /**
     * Runs it.
     *
     * @param args see the class
     * @throws IOException when a request gets no answer
     * @throws InterruptedException if it is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Scenario scenario = Scenario.valueOf(args[2].toUpperCase(Locale.ROOT));
        Map<String, Integer> sizes = new TreeMap<>();
        for (String size : args[3].split(",", -1)) {
            String[] parts = size.split("=", 2);
            sizes.put(parts[0], Integer.parseInt(parts[1]));
        }
        long seed = Long.parseLong(args[4]);
        try (Answering system = open(args[0], args[1])) {
            warmUp(system);
            Recorded record = new Recorded();
            scenario.run(new Load(system, sizes, seed, record));
            System.out.println(record.json(system.details()));
        }
        System.exit(0);
    }

    private static Answering open(String target, String settings) {
        return target.equals("engine")
                ? new EngineAnswering(EngineSettings.parse(settings))
                : new ServerAnswering(URI.create(target));
    }

    private static void warmUp(Answering system) throws IOException, InterruptedException {
        Load load = new Load(system, Map.of(), -1, new Recorded());
        load.together(
                WARM_UP_USERS, user -> load.ask(0, Tokens.random(load.random(user), WARM_UP_PROMPT), WARM_UP_TOKENS));
        system.forget();
    }
}
