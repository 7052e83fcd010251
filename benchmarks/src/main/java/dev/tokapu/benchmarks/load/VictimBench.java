package dev.tokapu.benchmarks.load;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;

/**
 * What somebody who reads an answer feels of a long prompt that somebody else sends: the gaps between tokens before, and while
 * that prompt is read. Prints one JSON object.
 *
 * <p>Arguments: target ({@code engine} or the address of a server with two slots), settings of the engine or the server's model
 * name, tokens of the long prompt, tokens that the victim generates before it.
 */
public final class VictimBench {

    private static final int VICTIM_PROMPT = 32;
    private static final int FIRST_TOKEN = 1000;
    private static final int TOKENS = 10_000;

    private VictimBench() {}

    /**
     * Runs it.
     *
     * @param args see the class
     * @throws InterruptedException if it is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        int promptTokens = Integer.parseInt(args[2]);
        int idleTokens = Integer.parseInt(args[3]);
        try (Target target = open(args[0], args[1])) {
            measure(target, promptTokens / 8, 30); // warm-up
            System.out.println(measure(target, promptTokens, idleTokens));
        }
        System.exit(0);
    }

    private static Target open(String target, String settings) {
        if (!target.equals(LoadOptions.ENGINE)) {
            return new HttpTarget(URI.create(target), settings);
        }
        return new EngineTarget(LoadOptions.engine(target, settings));
    }

    private static String measure(Target target, int promptTokens, int idleTokens) throws InterruptedException {
        Victim victim = new Victim(idleTokens);
        target.send(new LoadRequest(0, prompt(VICTIM_PROMPT, 1), 4 * idleTokens + 2000), victim);
        victim.idle.await();
        Foreign foreign = new Foreign();
        long sent = System.nanoTime();
        target.send(new LoadRequest(1, prompt(promptTokens, 2), 1), foreign);
        foreign.ended.await();
        long answered = System.nanoTime();
        String failure = foreign.failure.get();
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
        victim.ended.await();
        Histogram before = new Histogram(3);
        Histogram during = new Histogram(3);
        List<Long> times = victim.times;
        for (int i = 10; i < times.size(); i++) {
            long gap = times.get(i) - times.get(i - 1);
            if (times.get(i) < sent) {
                before.recordValue(gap);
            } else if (times.get(i - 1) < answered) {
                during.recordValue(gap);
            }
        }
        double idle = before.getValueAtPercentile(50);
        return String.format(
                "{\"prompt_tokens\": %d, \"idle_p50_ms\": %.3f, \"idle_p99_ms\": %.3f, \"during_p50_ms\": %.3f, \"during_p99_ms\": %.3f,"
                        + " \"during_max_ms\": %.3f, \"gaps_during\": %d, \"p99_by_idle_median\": %.2f, \"prompt_seconds\": %.3f}",
                promptTokens,
                idle / 1e6,
                before.getValueAtPercentile(99) / 1e6,
                during.getValueAtPercentile(50) / 1e6,
                during.getValueAtPercentile(99) / 1e6,
                during.getMaxValue() / 1e6,
                during.getTotalCount(),
                during.getValueAtPercentile(99) / idle,
                (answered - sent) / 1e9);
    }

    private static int[] prompt(int length, long seed) {
        return new Random(seed).ints(length, FIRST_TOKEN, TOKENS).toArray();
    }

    private static final class Victim implements Receiver {

        final List<Long> times = new ArrayList<>();
        final CountDownLatch idle;
        final CountDownLatch ended = new CountDownLatch(1);

        Victim(int idleTokens) {
            idle = new CountDownLatch(idleTokens);
        }

        @Override
        public void onTokens(int count, long nanoTime) {
            times.add(nanoTime);
            idle.countDown();
        }

        @Override
        public void onEnd(Outcome outcome) {
            ended.countDown();
        }
    }

    private static final class Foreign implements Receiver {

        final CountDownLatch ended = new CountDownLatch(1);
        final AtomicReference<String> failure = new AtomicReference<>();

        @Override
        public void onTokens(int count, long nanoTime) {
            // Its end is what counts.
        }

        @Override
        public void onEnd(Outcome outcome) {
            if (!(outcome instanceof Outcome.Success)) {
                failure.set(outcome.toString());
            }
            ended.countDown();
        }
    }
}
