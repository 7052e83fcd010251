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
    private final Random random = new Random(42);

    SpeedTest(Context context, int vocabSize, Interrupt interrupt) {
        this.context = context;
        this.vocabSize = vocabSize;
        this.interrupt = interrupt;
    }

    /**
     * What was measured.
     *
     * @param test for example {@code pp512}
     * @param threads compute threads
     * @param mean tokens per second
     * @param deviation of the repetitions, tokens per second
     */
    record Result(String test, int threads, double mean, double deviation) {}

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
        double[] speeds = measure(tokens, repetitions, () -> decodePrompt(tokens));
        return new Result("pp" + tokens, context.batchThreads(), mean(speeds), deviation(speeds));
    }

    /** Generates so many tokens again and again. */
    Result generation(int tokens, int repetitions) {
        double[] speeds = measure(tokens, repetitions, () -> decodeOneByOne(tokens));
        return new Result("tg" + tokens, context.threads(), mean(speeds), deviation(speeds));
    }

    private double[] measure(int tokens, int repetitions, Runnable work) {
        double[] speeds = new double[repetitions];
        work.run();
        for (int i = 0; i < repetitions; i++) {
            context.kvCache().clear();
            long start = System.nanoTime();
            work.run();
            speeds[i] = tokens * 1e9 / (System.nanoTime() - start);
        }
        return speeds;
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
