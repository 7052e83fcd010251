package dev.tokapu.benchmarks;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Tokapu;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.StringJoiner;

/**
 * The work of llama-batched-bench through the Java API: the prompts of several sequences, then one token of each at a time; one
 * context for all numbers of sequences. Prints one JSON object with the nanoseconds of both phases.
 *
 * <p>Arguments: model file, prompt tokens and generated tokens of a sequence, numbers of sequences ("1,8"), threads, micro-batch
 * size, {@code unified} or {@code split}.
 */
public final class BatchedBench {

    private static final int BATCH_SIZE = 2048;
    private static final int WARM_UP_TOKENS = 16;

    private final Random random = new Random(1);
    private final Context context;
    private final Batch batch = new Batch(BATCH_SIZE);
    private final int vocabSize;

    private BatchedBench(Context context, int vocabSize) {
        this.context = context;
        this.vocabSize = vocabSize;
    }

    /**
     * Runs it.
     *
     * @param args as above
     */
    public static void main(String[] args) {
        int prompt = Integer.parseInt(args[1]);
        int generated = Integer.parseInt(args[2]);
        int[] sequences = Arrays.stream(args[3].split(",", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
        int threads = Integer.parseInt(args[4]);
        int most = Arrays.stream(sequences).max().orElseThrow();
        ContextOptions options = ContextOptions.builder()
                .contextSize(most * (prompt + generated))
                .batchSize(BATCH_SIZE)
                .microBatchSize(Integer.parseInt(args[5]))
                .maxSequences(most)
                .kvCache(kv -> kv.unified("unified".equals(args[6])).swaFull(false))
                .threads(threads)
                .batchThreads(threads)
                .build();
        StringJoiner runs = new StringJoiner(", ", "[", "]");
        try (Model model = Model.load(Path.of(args[0]));
                Context context = model.newContext(options)) {
            BatchedBench bench = new BatchedBench(context, model.vocab().size());
            bench.warmUp();
            for (int n : sequences) {
                runs.add(bench.run(prompt, generated, n));
            }
        }
        System.out.printf(Locale.ROOT, "{\"binding\": \"%s\", \"runs\": %s}%n", Tokapu.binding(), runs);
    }

    private void warmUp() {
        for (int i = 0; i < WARM_UP_TOKENS; i++) {
            batch.add(random.nextInt(vocabSize), i, 0, false);
        }
        decode();
        context.synchronize();
    }

    private String run(int prompt, int generated, int sequences) {
        context.kvCache().clear();
        long start = System.nanoTime();
        for (int sequence = 0; sequence < sequences; sequence++) {
            for (int i = 0; i < prompt; i++) {
                batch.add(random.nextInt(vocabSize), i, sequence, i == prompt - 1);
                if (batch.size() == batch.capacity()) {
                    decode();
                }
            }
        }
        if (batch.size() > 0) {
            decode();
        }
        context.synchronize();
        long promptTime = System.nanoTime() - start;
        start = System.nanoTime();
        for (int i = 0; i < generated; i++) {
            for (int sequence = 0; sequence < sequences; sequence++) {
                batch.add(random.nextInt(vocabSize), prompt + i, sequence, true);
            }
            decode();
            context.synchronize();
        }
        long generationTime = System.nanoTime() - start;
        return String.format(
                Locale.ROOT,
                "{\"sequences\": %d, \"pp_ns\": %d, \"tg_ns\": %d}",
                sequences,
                promptTime,
                generationTime);
    }

    private void decode() {
        Decoding.decode(context, batch);
        batch.clear();
    }
}
