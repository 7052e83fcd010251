package dev.tokapu.internal.natives;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sets the LoRA adapters of contexts. */
public final class NativeAdapters {

    private NativeAdapters() {}

    /**
     * Replaces the adapters of a context by these.
     *
     * @param scales what each adapter's contribution is multiplied with
     */
    public static void set(NativeHandle context, Map<NativeHandle, Float> scales) {
        List<NativeHandle> held = new ArrayList<>();
        long[] ids = new long[scales.size()];
        float[] values = new float[scales.size()];
        try {
            for (Map.Entry<NativeHandle, Float> entry : scales.entrySet()) {
                ids[held.size()] = entry.getKey().acquire();
                values[held.size()] = entry.getValue();
                held.add(entry.getKey());
            }
            context.call(
                    "setting adapters", id -> context.api().adapters().contextSetAdapters(id, ids, values, ids.length));
        } finally {
            held.forEach(NativeHandle::release);
        }
    }
}
