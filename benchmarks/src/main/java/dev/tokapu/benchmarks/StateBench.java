package dev.tokapu.benchmarks;

import static dev.tokapu.benchmarks.Decoding.decode;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Sequence;
import dev.tokapu.SequenceState;
import dev.tokapu.Tokapu;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Forks and states of a sequence: eight branches on a prefix, and the state of the prefix taken, written, read and restored. Prints one
 * JSON object with nanoseconds of each repetition; the state's bytes are those of {@code llama_state_seq_get_data}.
 *
 * <p>Arguments: model file, tokens of the prefix, repetitions, threads.
 */
public final class StateBench {

    private static final int BRANCHES = 8;

    private StateBench() {}

    /** Something to be timed. */
    private interface Step {

        void run() throws IOException;
    }

    /**
     * Runs it.
     *
     * @param args model file, tokens of the prefix, repetitions, threads
     * @throws IOException when the scratch file cannot be used
     */
    public static void main(String[] args) throws IOException {
        int tokens = Integer.parseInt(args[1]);
        int repetitions = Integer.parseInt(args[2]);
        int threads = Integer.parseInt(args[3]);
        ContextOptions options = ContextOptions.builder()
                .contextSize(tokens + 256)
                .maxSequences(BRANCHES + 1)
                .kvCache(kv -> kv.unified(true))
                .threads(threads)
                .batchThreads(threads)
                .build();
        Path file = Files.createTempFile("tokapu", ".state");
        try (Model model = Model.load(Path.of(args[0]));
                Context context = model.newContext(options)) {
            Sequence trunk = Sequence.of(context, 0);
            prefill(context, model, tokens);
            long[] fork = time(
                    repetitions,
                    () -> {
                        for (int i = 0; i < BRANCHES; i++) {
                            trunk.fork();
                        }
                    },
                    trunk::keep);
            for (int i = 0; i < BRANCHES; i++) {
                trunk.fork();
            }
            long cells = trunk.length();
            trunk.keep();
            try (SequenceState state = trunk.state()) {
                Step nothing = () -> {};
                long[] take = time(repetitions, () -> trunk.state().close(), nothing);
                long[] restore = time(repetitions, () -> trunk.restore(state), nothing);
                long[] write = time(repetitions, () -> state.writeTo(OutputStream.nullOutputStream()), nothing);
                long[] save = time(repetitions, () -> state.save(file), nothing);
                long[] load = time(repetitions, () -> SequenceState.load(file).close(), nothing);
                System.out.printf(
                        Locale.ROOT,
                        "{\"binding\": \"%s\", \"cpu_variant\": \"%s\", \"bytes\": %d, \"tokens\": %d, \"prefilled_per_branch\": 0,"
                                + " \"fork_8_ns\": %s, \"take_ns\": %s, \"restore_ns\": %s, \"write_ns\": %s, \"save_ns\": %s,"
                                + " \"load_ns\": %s}%n",
                        Tokapu.binding(),
                        Tokapu.cpuVariant(),
                        state.size(),
                        cells,
                        Arrays.toString(fork),
                        Arrays.toString(take),
                        Arrays.toString(restore),
                        Arrays.toString(write),
                        Arrays.toString(save),
                        Arrays.toString(load));
            }
        } finally {
            Files.delete(file);
        }
    }

    private static void prefill(Context context, Model model, int tokens) {
        int[] prefix = new Random(1).ints(tokens, 0, model.vocab().size()).toArray();
        Batch batch = new Batch(Math.min(tokens, context.info().batchSize()));
        for (int from = 0; from < tokens; from += batch.capacity()) {
            int to = Math.min(tokens, from + batch.capacity());
            decode(context, batch.clear().addAll(Arrays.copyOfRange(prefix, from, to), from, 0));
        }
    }

    private static long[] time(int repetitions, Step step, Step after) throws IOException {
        long[] nanos = new long[repetitions];
        for (int i = -2; i < repetitions; i++) {
            long begin = System.nanoTime();
            step.run();
            if (i >= 0) {
                nanos[i] = System.nanoTime() - begin;
            }
            after.run();
        }
        return nanos;
    }
}
