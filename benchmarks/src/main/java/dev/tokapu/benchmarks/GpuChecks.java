package dev.tokapu.benchmarks;

import static dev.tokapu.benchmarks.Decoding.decode;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Fit;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.Tokapu;
import dev.tokapu.device.Device;
import dev.tokapu.source.ModelSource;
import dev.tokapu.testsupport.Corpus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a GPU run shows beside speed: greedy answers beside the CPU's, device memory after many models, two models at once, how
 * soon a decode stops, whether estimates hold. Prints one JSON object.
 *
 * <p>Arguments: default model, large model.
 */
public final class GpuChecks {

    private static final int TOKENS = 64;
    private static final int CONTEXT_SIZE = 2048;
    private static final int CYCLES = 50;
    private static final int STOPS = 20;

    private GpuChecks() {}

    /**
     * Runs it.
     *
     * @param args default model, large model
     * @throws Exception when a thread is interrupted or fails
     */
    public static void main(String[] args) throws Exception {
        Path small = Path.of(args[0]);
        Path large = Path.of(args[1]);
        System.out.printf(
                Locale.ROOT,
                "{\"binding\": \"%s\", \"greedy\": %s, \"memory\": %s, \"two_models\": %s, \"estimate\": %s, \"stop_ms\": %s}%n",
                Tokapu.binding(),
                greedy(small),
                memory(small),
                twoModels(small),
                estimate(large),
                stop(large));
    }

    /** The first token in which GPU and CPU differ, and by how much the CPU's logits prefer its own. */
    private static String greedy(Path file) {
        List<String> differences = new ArrayList<>();
        int same = 0;
        try (Model gpu = Model.load(file);
                Model cpu = Model.load(file, ModelOptions.builder().cpuOnly().build());
                Context onGpu = gpu.newContext(contextOptions());
                Context onCpu = cpu.newContext(contextOptions())) {
            for (String prompt : Corpus.prompts()) {
                int[] tokens = gpu.vocab().tokenize(prompt);
                int[] first = generate(onGpu, tokens);
                String difference = difference(onCpu, tokens, first);
                if (difference.isEmpty()) {
                    same++;
                } else {
                    differences.add(difference);
                }
            }
        }
        return "{\"prompts\": " + (same + differences.size()) + ", \"tokens\": " + TOKENS + ", \"same\": " + same
                + ", \"different\": " + differences + "}";
    }

    private static String difference(Context cpu, int[] prompt, int[] wanted) {
        Batch batch = start(cpu, prompt);
        for (int i = 0; i < wanted.length; i++) {
            float[] logits = cpu.outputs().logits(-1);
            int best = best(logits);
            if (best != wanted[i]) {
                return String.format(
                        Locale.ROOT,
                        "{\"token\": %d, \"logit_gap\": %.4f, \"logit\": %.4f}",
                        i,
                        logits[best] - logits[wanted[i]],
                        logits[best]);
            }
            decode(cpu, batch.clear().add(best, prompt.length + i, 0, true));
        }
        return "";
    }

    private static int[] generate(Context context, int[] prompt) {
        Batch batch = start(context, prompt);
        int[] tokens = new int[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            tokens[i] = best(context.outputs().logits(-1));
            decode(context, batch.clear().add(tokens[i], prompt.length + i, 0, true));
        }
        return tokens;
    }

    private static Batch start(Context context, int[] prompt) {
        context.kvCache().clear();
        Batch batch = new Batch(CONTEXT_SIZE).addAll(prompt, 0, 0);
        decode(context, batch);
        return batch;
    }

    /** Free bytes of the GPUs before, after the first and after the last of many load, decode and close cycles. */
    private static String memory(Path file) {
        long before = free();
        long afterFirst = 0;
        for (int i = 0; i < CYCLES; i++) {
            try (Model model = Model.load(file);
                    Context context = model.newContext(contextOptions())) {
                start(context, model.vocab().tokenize("The capital of France is"));
                context.synchronize();
            }
            if (i == 0) {
                afterFirst = free();
            }
        }
        long after = free();
        return String.format(
                Locale.ROOT,
                "{\"cycles\": %d, \"lost_first_mib\": %.1f, \"lost_later_mib\": %.1f}",
                CYCLES,
                (before - afterFirst) / 1048576.0,
                (afterFirst - after) / 1048576.0);
    }

    private static long free() {
        return Tokapu.devices().stream()
                .filter(device -> device.type().isGpu())
                .mapToLong(Device::memoryFree)
                .sum();
    }

    /** Two models that decode in two threads at once give the answers that each gives alone. */
    private static String twoModels(Path file) throws Exception {
        try (Model one = Model.load(file);
                Model two = Model.load(file);
                Context first = one.newContext(contextOptions());
                Context second = two.newContext(contextOptions())) {
            int[] prompt = one.vocab().tokenize("Once upon a time");
            int[] other = one.vocab().tokenize("The capital of France is");
            int[] alone = generate(first, prompt);
            int[] otherAlone = generate(second, other);
            boolean equal = true;
            for (int i = 0; i < 10; i++) {
                CompletableFuture<int[]> beside = CompletableFuture.supplyAsync(() -> generate(second, other));
                equal &= Arrays.equals(alone, generate(first, prompt));
                equal &= Arrays.equals(otherAlone, beside.get(60, TimeUnit.SECONDS));
            }
            return "{\"rounds\": 10, \"equal_to_alone\": " + equal + "}";
        }
    }

    /** What a load is predicted to take and what it takes, by the devices' own count. */
    private static String estimate(Path file) {
        ContextOptions options = ContextOptions.builder().contextSize(8192).build();
        long predicted = Fit.estimate(ModelSource.file(file), ModelOptions.defaults(), options)
                .totalBytes();
        long before = free();
        try (Model model = Model.load(file);
                Context context = model.newContext(options)) {
            long reported = context.memory().totalBytes();
            return String.format(
                    Locale.ROOT,
                    "{\"predicted_mib\": %.1f, \"reported_mib\": %.1f, \"taken_from_device_mib\": %.1f}",
                    predicted / 1048576.0,
                    reported / 1048576.0,
                    (before - free()) / 1048576.0);
        }
    }

    /** Milliseconds from abort() to the return of a long prefill. */
    private static String stop(Path file) throws Exception {
        List<Double> prefill = new ArrayList<>();
        try (Model model = Model.load(file);
                Context context = model.newContext(ContextOptions.builder()
                        .contextSize(16384)
                        .batchSize(16384)
                        .build())) {
            int[] prompt = new int[16000];
            Arrays.setAll(prompt, i -> 100 + i % 1000);
            Batch batch = new Batch(prompt.length).addAll(prompt, 0, 0);
            for (int i = 0; i < STOPS; i++) {
                context.kvCache().clear();
                CompletableFuture<Long> end = CompletableFuture.supplyAsync(() -> {
                    DecodeStatus status = context.decode(batch);
                    return status == DecodeStatus.ABORTED ? System.nanoTime() : Long.MIN_VALUE;
                });
                TimeUnit.MILLISECONDS.sleep(100 + 10L * i);
                long asked = System.nanoTime();
                context.abort();
                long ended = end.get(60, TimeUnit.SECONDS);
                if (ended != Long.MIN_VALUE) {
                    prefill.add((ended - asked) / 1e6);
                }
            }
        }
        prefill.sort(null);
        return prefill.isEmpty()
                ? "{\"stopped\": 0}"
                : String.format(
                        Locale.ROOT,
                        "{\"stopped\": %d, \"of\": %d, \"median\": %.1f, \"max\": %.1f}",
                        prefill.size(),
                        STOPS,
                        prefill.get(prefill.size() / 2),
                        prefill.get(prefill.size() - 1));
    }

    private static ContextOptions contextOptions() {
        return ContextOptions.builder()
                .contextSize(CONTEXT_SIZE)
                .batchSize(CONTEXT_SIZE)
                .build();
    }

    private static int best(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }
}
