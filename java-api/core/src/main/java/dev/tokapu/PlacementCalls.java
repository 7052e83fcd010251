package dev.tokapu;

import dev.tokapu.device.Device;
import dev.tokapu.device.Placement;
import dev.tokapu.device.SplitMode;
import dev.tokapu.device.TensorRule;
import dev.tokapu.internal.device.Devices;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.spi.ModelOptionI;
import dev.tokapu.spi.NativeApi;
import java.util.List;

/** The native side of {@link Placement}: devices are chosen, and the numbers of the options written. */
final class PlacementCalls {

    private static final String SUBJECT = "placement";

    private PlacementCalls() {}

    /** The devices that may hold layers: those named, or the best that work. */
    static List<Device> devices(NativeApi api, ModelOptions options) {
        if (options.vocabOnly()) {
            return List.of();
        }
        List<Device> named = options.placement().devices();
        return named == null ? Devices.of(api).automatic() : named;
    }

    /** Writes those numbers of the model options that are about placement. */
    static void write(Placement placement, List<Device> devices, long[] options) {
        boolean none = devices.isEmpty();
        options[ModelOptionI.N_GPU_LAYERS] = none ? 0 : placement.gpuLayers();
        options[ModelOptionI.SPLIT_MODE] = code(none ? SplitMode.LAYER : placement.splitMode());
        options[ModelOptionI.MAIN_GPU] = none ? 0 : placement.on(devices).mainIndex();
    }

    /** llama.cpp's number of a split mode (llama_split_mode). */
    private static int code(SplitMode mode) {
        return switch (mode) {
            case NONE -> 0;
            case LAYER -> 1;
            case ROW -> 2;
            case TENSOR -> 3;
        };
    }

    /** Makes the native object; the caller frees it. */
    static long open(NativeApi api, Placement placement, List<Device> devices) {
        List<Float> shares =
                devices.isEmpty() ? List.of() : placement.on(devices).tensorSplit();
        float[] split = new float[shares.size()];
        for (int i = 0; i < split.length; i++) {
            split[i] = shares.get(i);
        }
        List<TensorRule> rules = placement.rules();
        int[] targets = new int[rules.size()];
        for (int i = 0; i < targets.length; i++) {
            Device device = rules.get(i).device();
            targets[i] = device == null ? Devices.of(api).cpu() : device.index();
        }
        long[] id = new long[1];
        int status = api.devices()
                .placementNew(
                        devices.stream().mapToInt(Device::index).toArray(),
                        devices.size(),
                        split,
                        split.length,
                        NativeErrors.utf8List(
                                rules.stream().map(TensorRule::pattern).toList()),
                        targets,
                        targets.length,
                        id);
        NativeErrors.check(api, status, "placing a model", SUBJECT);
        return id[0];
    }

    static void close(NativeApi api, long placement) {
        NativeErrors.check(api, api.devices().placementFree(placement), "freeing it", SUBJECT);
    }
}
