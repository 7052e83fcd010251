package dev.tokapu.sampling;

import dev.tokapu.Context;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;

/** Chains that the device which computes a sequence runs. */
final class DeviceChains {

    private DeviceChains() {}

    /** Gives a chain to the device of a context, which belongs to the model of the chain. */
    static OnDevice attach(Context context, int sequence, NativeHandle handle) {
        NativeHandle contextHandle = NativeHandles.of(context);
        int[] share = new int[1];
        long chain = handle.acquire();
        try {
            contextHandle.call(
                    "attaching a sampler chain",
                    contextId -> handle.api().samplers().contextSetSampler(contextId, sequence, chain, share));
        } finally {
            handle.release();
        }
        return switch (share[0]) {
            case 1 -> OnDevice.WHOLE;
            case 2 -> OnDevice.PART;
            default -> OnDevice.NONE;
        };
    }

    /** Takes the chain of a sequence back, if there is one. */
    static void detach(Context context, int sequence) {
        NativeHandle contextHandle = NativeHandles.of(context);
        contextHandle.call(
                "taking a sampler chain back",
                contextId -> contextHandle.api().samplers().contextSetSampler(contextId, sequence, 0, new int[1]));
    }
}
