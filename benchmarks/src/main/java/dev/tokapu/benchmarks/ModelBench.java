package dev.tokapu.benchmarks;

import static dev.tokapu.benchmarks.Decoding.decode;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Tokapu;
import dev.tokapu.Vocab;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.StringJoiner;

/**
 * The work of llama-bench through the Java API: random tokens, a new context for each test, a warm-up, the KV cache cleared
 * before each repetition, no sampling. Prints one JSON object with the nanoseconds of each repetition.
 *
 * <p>The warm-up of generation is {@value #WARM_UP_GENERATIONS} generations, not one token: the JIT compiles the path of a
 * call after some hundred of them, and where all cores compute it takes the time from them.
 *
 * <p>Arguments: model file, prompt tokens ("512" or "512,2048"), generated tokens, repetitions, threads.
 */
public final class ModelBench {

    private static final int BATCH_SIZE = 2048;
    private static final int WARM_UP_GENERATIONS = 3;

    private final Random random = new Random(1);
    private final Model model;
    private final int vocabSize;
    private final int threads;
    private final int repetitions;

    private ModelBench(Model model, int repetitions, int threads) {
        this.model = model;
        this.vocabSize = model.vocab().size();
        this.repetitions = repetitions;
        this.threads = threads;
    }

    /**
     * Runs it.
     *
     * @param args model file, prompt tokens, generated tokens, repetitions, threads
     */
    public static void main(String[] args) {
        int generatedTokens = Integer.parseInt(args[2]);
        try (Model model = Model.load(Path.of(args[0]))) {
            ModelBench bench = new ModelBench(model, Integer.parseInt(args[3]), Integer.parseInt(args[4]));
            StringJoiner prompts = new StringJoiner(", ", "{", "}");
            for (String tokens : args[1].split(",", -1)) {
                prompts.add('"' + tokens + "\": " + Arrays.toString(bench.prompt(Integer.parseInt(tokens))));
            }
            long[] generation = bench.generation(generatedTokens);
            System.out.printf(
                    Locale.ROOT,
                    "{\"binding\": \"%s\", \"java\": \"%s\", \"cpu_variant\": \"%s\", \"pp_ns\": %s, \"tg_ns\": %s}%n",
                    Tokapu.binding(),
                    Runtime.version(),
                    Tokapu.cpuVariant(),
                    prompts,
                    Arrays.toString(generation));
        }
    }

    private long[] prompt(int tokens) {
        try (Context context = context(tokens)) {
            Batch batch = new Batch(Math.min(tokens, BATCH_SIZE));
            decodePrompt(context, batch, tokens);
            long[] times = new long[repetitions];
            for (int i = 0; i < repetitions; i++) {
                context.kvCache().clear();
                long start = System.nanoTime();
                decodePrompt(context, batch, tokens);
                context.synchronize();
                times[i] = System.nanoTime() - start;
            }
            return times;
        }
    }

    private long[] generation(int tokens) {
        try (Context context = context(tokens)) {
            Batch batch = new Batch(1);
            for (int i = 0; i < WARM_UP_GENERATIONS; i++) {
                context.kvCache().clear();
                generate(context, batch, tokens);
            }
            long[] times = new long[repetitions];
            for (int i = 0; i < repetitions; i++) {
                context.kvCache().clear();
                long start = System.nanoTime();
                generate(context, batch, tokens);
                times[i] = System.nanoTime() - start;
            }
            return times;
        }
    }

    private Context context(int size) {
        return model.newContext(ContextOptions.builder()
                .contextSize(size)
                .batchSize(BATCH_SIZE)
                .kvCache(kv -> kv.swaFull(false))
                .threads(threads)
                .batchThreads(threads)
                .build());
    }

    private void decodePrompt(Context context, Batch batch, int tokens) {
        for (int done = 0; done < tokens; ) {
            int count = Math.min(tokens - done, batch.capacity());
            batch.clear();
            for (int i = 0; i < count; i++) {
                int token = done + i == 0 ? firstToken() : random.nextInt(vocabSize);
                batch.add(token, done + i, 0, i == count - 1);
            }
            decode(context, batch);
            done += count;
        }
    }

    private void generate(Context context, Batch batch, int tokens) {
        int token = firstToken();
        for (int i = 0; i < tokens; i++) {
            decode(context, batch.clear().add(token, i, 0, true));
            context.synchronize();
            token = random.nextInt(vocabSize);
        }
    }

    private int firstToken() {
        Vocab vocab = model.vocab();
        return vocab.specialTokens().addsBos() ? vocab.specialTokens().bos().orElseThrow() : random.nextInt(vocabSize);
    }
}
