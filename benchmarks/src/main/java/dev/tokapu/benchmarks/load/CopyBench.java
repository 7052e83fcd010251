package dev.tokapu.benchmarks.load;

import dev.tokapu.Model;
import dev.tokapu.cli.load.Samples;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.PrefixCacheSnapshot;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.Sampler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * What copies between the KV cache and host memory cost somebody who listens: the inter-token latencies (ITL) of one answer with nobody
 * beside it, while long sequences are saved, since short requests want their places, and while they are restored. Latencies while such a
 * request is computed, and of the first steps after it, which launch other kernels, count by themselves: what it waits for has been copied by
 * then. The long sequences are new each time: what was saved once is not saved again. Prints one JSON object;
 * {@code benchmarks/run.py copies} uses it.
 *
 * <p>Arguments: settings of the engine, which needs one slot more than there are long sequences, no further ones, and host memory; the number
 * of long sequences, tokens of each, how often all of that is done, tokens of the answer before it. Once before that does not count: its code is
 * not compiled yet, and the host memory of its copies was never used.
 */
public final class CopyBench {

    /** The first steps of an answer still have its own prompt in them. */
    private static final int FIRST_LATENCY = 10;

    private static final int STEPS_AFTER = 3; // a request
    private static final int QUIET =
            50; // tokens between two phases: the further an answer is, the longer are its steps, also the idle ones
    private static final int LISTENER_PROMPT = 32;
    private static final int SHORT_PROMPT = 2;
    private static final int SHORT_ANSWER = 64; // more than come until it is paused
    private static final int FIRST_TOKEN = 1000;
    private static final int TOKENS = 10_000;

    private final Engine engine;
    private final int context;
    private final int tokens;
    private final int[][] texts;
    private final List<Long> arrivals = Collections.synchronizedList(new ArrayList<>());
    private final List<Phase> phases = new ArrayList<>();
    private final List<Phase> requests = new ArrayList<>();
    private int warmUp; // tokens of the answer
    private long seed;

    /** When something happened beside the answer. */
    private record Phase(Kind kind, long begun, long ended) {}

    private enum Kind {
        SAVES,
        RESTORES,
        REQUESTS
    }

    private CopyBench(Engine engine, int context, int sequences, int tokens) {
        this.engine = engine;
        this.context = context;
        this.tokens = tokens;
        this.texts = new int[sequences][];
    }

    /**
     * Runs it.
     *
     * @param args see the class
     * @throws InterruptedException if it is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        EngineSettings settings = EngineSettings.parse(args[0]);
        try (Model model = Model.load(settings.model());
                Engine engine = settings.start(List.of(model))) {
            CopyBench bench = new CopyBench(
                    engine,
                    Integer.parseInt(settings.get("context", "0")),
                    Integer.parseInt(args[1]),
                    Integer.parseInt(args[2]));
            System.out.println(bench.measure(Integer.parseInt(args[3]), Integer.parseInt(args[4])));
        }
        System.exit(0);
    }

    private int[] random(int length) {
        return new Random(seed++).ints(length, FIRST_TOKEN, TOKENS).toArray();
    }

    private String measure(int cycles, int idle) throws InterruptedException {
        Generation listened = engine.submit(request(random(LISTENER_PROMPT), context - LISTENER_PROMPT)
                .stoppingCriteria(soFar -> {
                    arrivals.add(System.nanoTime());
                    return false;
                })
                .build());
        awaitTokens(listened, FIRST_LATENCY);
        cycle(listened);
        phases.clear();
        requests.clear();
        warmUp = arrivals.size();
        awaitTokens(listened, idle);
        long begun = System.nanoTime();
        long kept = engine.prefixCache().snapshot().restoredTokens();
        for (int i = 0; i < cycles; i++) {
            cycle(listened);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (listened.isFinished()) {
            throw new IllegalStateException("the answer ended before all was done: give it more tokens (context)");
        }
        listened.cancel();
        PrefixCacheSnapshot snapshot = engine.prefixCache().snapshot();
        return json(snapshot.restoredTokens() - kept, seconds);
    }

    private void cycle(Generation listened) throws InterruptedException {
        for (int i = 0; i < texts.length; i++) {
            texts[i] = random(tokens);
        }
        phase(Kind.REQUESTS, listened, this::continueTexts);
        phase(Kind.SAVES, listened, this::takePlaces);
        phase(Kind.RESTORES, listened, this::continueTexts);
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private void phase(Kind kind, Generation listened, Work work) throws InterruptedException {
        long begun = System.nanoTime();
        work.run();
        phases.add(new Phase(kind, begun, System.nanoTime()));
        awaitTokens(listened, QUIET);
    }

    private void awaitTokens(Generation listened, int more) throws InterruptedException {
        int wanted = arrivals.size() + more;
        while (arrivals.size() < wanted && !listened.isFinished()) {
            Thread.sleep(1);
        }
    }

    private static Request.Builder request(int[] prompt, int tokens) {
        return Request.builder(prompt)
                .samplers(Sampler.greedy())
                .ignoreEnd(true)
                .maxTokens(tokens);
    }

    /** Short requests at once that get all places but one, say nothing more and go. */
    private void takePlaces() throws InterruptedException {
        List<Generation> answers = new ArrayList<>();
        List<CountDownLatch> begun = new ArrayList<>();
        List<Long> paused = new ArrayList<>();
        long sent = System.nanoTime();
        for (int i = 0; i < texts.length; i++) {
            CountDownLatch first = new CountDownLatch(1);
            begun.add(first);
            answers.add(engine.submit(request(random(SHORT_PROMPT), SHORT_ANSWER)
                    .stoppingCriteria(soFar -> {
                        first.countDown();
                        return false;
                    })
                    .build()));
        }
        for (int i = 0; i < texts.length; i++) {
            begun.get(i).await();
            answers.get(i).pause();
            paused.add(System.nanoTime());
        }
        answers.forEach(Generation::cancel);
        for (int i = 0; i < texts.length; i++) {
            answers.get(i).text();
            computed(answers.get(i), sent, paused.get(i));
        }
    }

    /** A request was computed from its admission on. */
    private void computed(Generation answer, long sent, long ended) {
        requests.add(
                new Phase(Kind.REQUESTS, sent + answer.requestTimings().queue().toNanos(), ended));
    }

    /** Each long sequence and a token of an answer to it, for a next turn. */
    private void continueTexts() {
        List<Generation> answers = new ArrayList<>();
        long sent = System.nanoTime();
        for (int[] text : texts) {
            answers.add(engine.submit(request(text, 1).build()));
        }
        for (int i = 0; i < texts.length; i++) {
            answers.get(i).text();
            computed(
                    answers.get(i),
                    sent,
                    sent + answers.get(i).requestTimings().total().toNanos());
            int length = texts[i].length;
            texts[i] = Arrays.copyOf(texts[i], length + 2);
            texts[i][length] = answers.get(i).tokens()[0];
            texts[i][length + 1] = random(1)[0];
        }
    }

    /** What there was between two tokens; null for nothing. */
    private @Nullable Kind kind(long previous, long arrived) {
        Kind kind = null;
        for (Phase phase : phases) {
            kind = arrived > phase.begun() && previous < phase.ended() ? phase.kind() : kind;
        }
        for (Phase request : requests) {
            boolean beside =
                    arrived > request.begun() && previous - STEPS_AFTER * (arrived - previous) < request.ended();
            kind = beside ? Kind.REQUESTS : kind;
        }
        return kind;
    }

    private String json(long restored, double seconds) {
        Samples idle = new Samples();
        Map<Kind, Samples> beside = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            beside.put(kind, new Samples());
        }
        for (int i = warmUp; i < arrivals.size(); i++) {
            long previous = arrivals.get(i - 1);
            long arrived = arrivals.get(i);
            Kind kind = kind(previous, arrived);
            (kind == null ? idle : beside.getOrDefault(kind, idle)).add(arrived - previous);
        }
        double median = idle.percentile(50);
        StringBuilder json = new StringBuilder(String.format(
                Locale.ROOT,
                "{\"restored_tokens\": %d, \"seconds\": %.2f, \"idle_count\": %d, \"idle_p50_ms\": %.3f, \"idle_p99_ms\": %.3f",
                restored,
                seconds,
                idle.count(),
                median / 1e6,
                idle.percentile(99) / 1e6));
        beside.forEach((kind, samples) -> {
            String name = kind.name().toLowerCase(Locale.ROOT);
            json.append(String.format(
                    Locale.ROOT,
                    ", \"%1$s_count\": %2$d, \"%1$s_p50_ms\": %3$.3f, \"%1$s_p99_ms\": %4$.3f, \"%1$s_max_ms\": %5$.3f,"
                            + " \"%1$s_p99_by_idle_median\": %6$.3f, \"%1$s_seconds\": %7$.2f",
                    name,
                    samples.count(),
                    samples.percentile(50) / 1e6,
                    samples.percentile(99) / 1e6,
                    samples.max() / 1e6,
                    samples.percentile(99) / median,
                    phases.stream()
                                    .filter(phase -> phase.kind() == kind)
                                    .mapToLong(phase -> phase.ended() - phase.begun())
                                    .sum()
                            / 1e9));
        });
        return json.append('}').toString();
    }
}
