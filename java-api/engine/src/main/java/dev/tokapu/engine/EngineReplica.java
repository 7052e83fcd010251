package dev.tokapu.engine;

import dev.tokapu.device.Device;
import java.util.List;

/**
 * One of the contexts that an {@link Engine} computes with, each in a thread of its own: for each device one, or several over one model.
 *
 * <p>Thread safety: immutable.
 *
 * @param index its number, from 0
 * @param devices the devices of its model; none for the CPU
 * @param state whether it gets requests
 * @param snapshot its numbers; refused requests are counted by the engine alone
 * @since 0.1
 */
public record EngineReplica(int index, List<Device> devices, State state, EngineSnapshot snapshot) {

    /**
     * Whether a replica gets requests.
     *
     * @since 0.1
     */
    public enum State {
        /** It gets requests. */
        SERVING,

        /** It gets none as long as others can have them: a step hangs, or the last ones have failed. */
        SUSPENDED,

        /** It has failed, or is closed. */
        ENDED
    }

    /** Copies the list. */
    public EngineReplica {
        devices = List.copyOf(devices);
    }
}
