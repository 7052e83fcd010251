package dev.tokapu.cli;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** The two measurements of llama-bench: the same calls on random tokens, an empty KV cache before each repetition. */
final class SpeedTest {

    private static final int BATCH_SIZE = 2048;

    private final Context context;
    private final int vocabSize;
    private final Interrupt interrupt;
    private final EnergyCounters energy;
    private final Random random = new Random(42);

    SpeedTest(Context context, int vocabSize, Interrupt interrupt, EnergyCounters energy) {
        this.context = context;
        this.vocabSize = vocabSize;
        this.interrupt = interrupt;
        this.energy = energy;
    }

    /**
     * What was measured.
     *
     * @param test for example {@code pp512}
     * @param threads compute threads
     * @param mean tokens per second
     * @param deviation of the repetitions, tokens per second
     * @param tokensPerJoule of all repetitions, NaN where energy is not counted
     */
    record Result(String test, int threads, double mean, double deviation, double tokensPerJoule) {}

    /** A context just large enough. */
    static ContextOptions options(int tokens, @Nullable Integer threads) {
        ContextOptions.Builder options = ContextOptions.builder().contextSize(tokens);
        if (threads != null) {
            int count = ContextArgs.atLeastOne("--threads", threads);
            options.threads(count).batchThreads(count);
        }
        return options.build();
    }

    /** Processes a prompt of so many tokens again and again. */
    Result prompt(int tokens, int repetitions) {
        return measure("pp" + tokens, context.batchThreads(), tokens, repetitions, () -> decodePrompt(tokens));
    }

    /** Generates so many tokens again and again. */
    Result generation(int tokens, int repetitions) {
        return measure("tg" + tokens, context.threads(), tokens, repetitions, () -> decodeOneByOne(tokens));
    }

    private Result measure(String test, int threads, int tokens, int repetitions, Runnable work) {
        double[] speeds = new double[repetitions];
        double joules = 0;
        work.run();
        for (int i = 0; i < repetitions; i++) {
            context.kvCache().clear();
            double before = energy.joules();
            long start = System.nanoTime();
            work.run();
            speeds[i] = tokens * 1e9 / (System.nanoTime() - start);
            joules += energy.joules() - before;
        }
        double perJoule = joules > 0 ? (double) tokens * repetitions / joules : Double.NaN;
        return new Result(test, threads, mean(speeds), deviation(speeds), perJoule);
    }

    private void decodePrompt(int tokens) {
        Batch batch = new Batch(Math.min(tokens, BATCH_SIZE));
        for (int done = 0; done < tokens; done += batch.size()) {
            int size = Math.min(batch.capacity(), tokens - done);
            batch.clear();
            for (int i = 0; i < size; i++) {
                batch.add(random.nextInt(vocabSize), done + i, 0, i == size - 1);
            }
            decode(batch);
        }
    }

    private void decodeOneByOne(int tokens) {
        Batch batch = new Batch(1);
        for (int position = 0; position < tokens; position++) {
            batch.clear();
            batch.add(random.nextInt(vocabSize), position, 0, true);
            decode(batch);
        }
    }

    private void decode(Batch batch) {
        DecodeStatus status = interrupt.isRequested() ? DecodeStatus.ABORTED : context.decode(batch);
        if (status != DecodeStatus.OK) {
            throw new CancellationException("the measurement ended early: " + status);
        }
    }

    static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Of a sample; 0 for a single value. */
    static double deviation(double[] values) {
        if (values.length < 2) {
            return 0;
        }
        double mean = mean(values);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / (values.length - 1));
    }
}
