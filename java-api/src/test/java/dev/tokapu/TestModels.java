package dev.tokapu;

import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeRuntime;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.source.ModelSource;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The models of the integration tests, and small helpers. */
public final class TestModels {

    /** Where the default model lies in its jar. */
    public static final String DEFAULT = "dev/tokapu/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";

    /**
     * From as many tokens of a sequence on ggml's flash attention for CPUs has other kernels (ggml_fa_tile_config::Q), see
     * {@code BatchShapeIT}.
     */
    public static final int TILE = 64;

    private static final int TINY_STACK = 256 << 10;
    private static final Pattern BINDING = Pattern.compile("dev\\.tokapu\\.(ffm|jni)\\..*");
    private static final Path TINY = writeTiny();

    private TestModels() {}

    private static Path writeTiny() {
        try {
            Path folder = Files.createTempDirectory("tokapu-test");
            folder.toFile().deleteOnExit();
            Path file = TinyGguf.writeTo(folder);
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file of a tiny random model: llama architecture, 512 tokens. */
    public static Path tinyFile() {
        return TINY;
    }

    /** A tiny random model. */
    public static Model tiny() {
        return Model.load(TINY);
    }

    /** The default model, from its jar. */
    public static Model smol() {
        return Model.load(ModelSource.resource(DEFAULT));
    }

    /** The logits that a tiny model gives behind four tokens. */
    static float[] logits(ModelSource source) {
        try (Model model = Model.load(source);
                Context context = model.newContext(small().build())) {
            context.decode(new Batch(4).addAll(new int[] {3, 4, 5, 6}, 0, 0));
            return context.logits(-1);
        }
    }

    /** Forbids the tokens that end a text. */
    public static Sampler noEnd(Model model) {
        Vocab vocab = model.vocab();
        return Sampler.logitBias(IntStream.range(0, vocab.size())
                .filter(vocab::isEndOfGeneration)
                .boxed()
                .collect(Collectors.toMap(end -> end, end -> Float.NEGATIVE_INFINITY)));
    }

    /** Settings for small and quick contexts. */
    public static ContextOptions.Builder small() {
        return ContextOptions.builder().contextSize(256).threads(1).batchThreads(1);
    }

    /**
     * How far logits of the same tokens may lie apart when they were decoded in other batches or lie in other cells: with the
     * tiny F32 models on the CPU the order of sums alone differs, a GPU has other kernels for one token than for many and
     * rounds to TF32 or F16 in some.
     */
    public static float tolerance(Model model, float onCpu) {
        return model.devices().isEmpty() ? onCpu : Math.max(onCpu, 0.04f);
    }

    /** Handles that live in native code. */
    public static long liveHandles() {
        long[] n = new long[1];
        NativeErrors.check(NativeRuntime.api(), NativeRuntime.api().liveHandles(n), "counting handles", "library");
        return n[0];
    }

    /** How far logits lie apart where they differ most. */
    public static float distance(float[] a, float[] b) {
        float largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    /** Waits until a thread is inside native code that decodes. */
    public static void awaitDecoding(String thread) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (Thread.getAllStackTraces().entrySet().stream()
                .noneMatch(entry -> entry.getKey().getName().equals(thread)
                        && Arrays.stream(entry.getValue())
                                .anyMatch(frame ->
                                        BINDING.matcher(frame.getClassName()).matches()
                                                && frame.getMethodName().equals("decode")))) {
            if (System.nanoTime() > end) {
                throw new AssertionError("thread '" + thread + "' does not decode");
            }
            Thread.onSpinWait();
        }
    }

    /** Runs a task on a thread with a stack of 256 KiB, where deep recursion ends the process soon. */
    public static <T> T onTinyStack(Callable<T> task) throws ExecutionException, InterruptedException {
        FutureTask<T> future = new FutureTask<>(task);
        new Thread(null, future, "tiny stack", TINY_STACK).start();
        return future.get();
    }

    /** Starts a task on a virtual thread, or on a platform thread where Java has no other. */
    public static void startVirtual(Runnable task) throws ReflectiveOperationException {
        if (Runtime.version().feature() >= 21) {
            Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        } else {
            new Thread(task, "in place of a virtual thread").start();
        }
    }

    /** Runs a task in a thread with a name. */
    public static <T> FutureTask<T> start(String name, Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread thread = new Thread(future, name);
        thread.setDaemon(true);
        thread.start();
        return future;
    }
}
