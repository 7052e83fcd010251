package dev.tokapu.benchmarks;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Fit;
import dev.tokapu.FitOptions;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.Tokapu;
import dev.tokapu.device.Device;
import dev.tokapu.device.DeviceType;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Little memory on a real GPU: what {@link Fit#of} chooses when all, half or none of a model fits, and that a context
 * and a model that do not fit are errors after which the process goes on. Prints one JSON object.
 *
 * <p>Arguments: large model.
 */
public final class GpuMemoryChecks {

    private static final double MIB = 1048576.0;

    private GpuMemoryChecks() {}

    /**
     * Runs it.
     *
     * @param args large model
     */
    public static void main(String[] args) {
        Path file = Path.of(args[0]);
        System.out.printf(
                Locale.ROOT,
                "{\"binding\": \"%s\", \"fit\": %s, \"out_of_memory\": %s}%n",
                Tokapu.binding(),
                fits(file),
                outOfMemory(file));
    }

    private static Device gpu() {
        return Tokapu.devices().stream()
                .filter(device -> device.type() == DeviceType.GPU)
                .findFirst()
                .orElseThrow();
    }

    /** With all memory free, with 3 GiB of it, and with next to none. */
    private static List<String> fits(Path file) {
        List<String> results = new ArrayList<>();
        for (long room : new long[] {Long.MAX_VALUE, 3L << 30, 64L << 20}) {
            Device gpu = gpu();
            long margin = Math.max(1L << 30, gpu.memoryFree() - room);
            Fit fit = Fit.of(
                    ModelSource.file(file),
                    ModelOptions.defaults(),
                    ContextOptions.builder().contextSize(4096).build(),
                    FitOptions.builder().margin(margin).build());
            long before = gpu.memoryFree();
            try (Model model = Model.load(file, fit.modelOptions());
                    Context context = model.newContext(fit.contextOptions())) {
                context.decode(new Batch(8).addAll(new int[] {1, 300, 301, 302}, 0, 0));
                context.synchronize();
                long left = gpu().memoryFree();
                MemoryReport memory = context.memory();
                results.add(String.format(
                        Locale.ROOT,
                        "{\"room_mib\": %.0f, \"layers\": %d, \"estimate_mib\": %.1f, \"reported_mib\": %.1f, \"taken_mib\": %.1f,"
                                + " \"margin_kept\": %b}",
                        (gpu.memoryFree() - margin) / MIB,
                        fit.modelOptions().placement().gpuLayers(),
                        fit.estimate().bytesOn(gpu) / MIB,
                        memory.bytesOn(gpu) / MIB,
                        (before - left) / MIB,
                        left >= margin));
            }
        }
        return results;
    }

    /** A context that is too large, then a second model where the first one's context has left no room for it. */
    private static String outOfMemory(Path file) {
        try (Model model = Model.load(file)) {
            long free = gpu().memoryFree();
            // 32 layers, 8 key/value heads of 128, two bytes each, K and V
            long bytesPerToken = 32L * 8 * 128 * 2 * 2;
            String context = failure(() -> newContext(model, (int) (2 * free / bytesPerToken)));
            String load;
            try (Context large = newContext(model, (int) ((free - (3L << 30)) / bytesPerToken))) {
                load = failure(() ->
                        Model.load(file, ModelOptions.builder().gpuLayers(999).build()));
                large.decode(new Batch(8).addAll(new int[] {1, 300}, 0, 0));
            }
            try (Context small = newContext(model, 1024)) {
                small.decode(new Batch(8).addAll(new int[] {1, 300}, 0, 0));
                return "{\"context\": " + context + ", \"model\": " + load + ", \"lost_mib\": "
                        + Math.round((free - gpu().memoryFree() - small.memory().bytesOn(gpu())) / MIB) + "}";
            }
        }
    }

    private static Context newContext(Model model, int size) {
        return model.newContext(ContextOptions.builder().contextSize(size).build());
    }

    private static String failure(Supplier<? extends AutoCloseable> attempt) {
        try (AutoCloseable opened = attempt.get()) {
            throw new IllegalStateException(opened + " was expected to fail");
        } catch (DeviceMemoryException e) {
            return '"' + String.valueOf(e.getMessage()).replace("\"", "'").replace("\n", " ") + '"';
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
