package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.ffm.gen.tokapu_sampler_callback;
import dev.tokapu.spi.SamplerCallback;
import dev.tokapu.spi.SamplerCallbacks;
import dev.tokapu.spi.Status;
import java.lang.foreign.MemorySegment;

/**
 * Carries sampler events from C to {@link SamplerCallbacks}. One stub serves all chains: the last call on a chain may free it, and C
 * reports that through the stub as well.
 */
final class SamplerUpcall {

    private static final MemorySegment STUB =
            WeakUpcall.stub(SamplerUpcall.class, "event", tokapu_sampler_callback.descriptor());

    private SamplerUpcall() {}

    /** Appends a callback to a chain. */
    static int add(long sampler, byte[] name, int selects, SamplerCallback callback) {
        long number = SamplerCallbacks.add(callback);
        try (Scratch s = Scratch.take()) {
            int status = TokapuH.tokapu_sampler_add_callback(sampler, s.a.in(name), name.length, selects, STUB, number);
            if (status != Status.OK) {
                SamplerCallbacks.remove(number);
            }
            return status;
        }
    }

    static long event(long userData, int event, long argument) {
        return SamplerCallbacks.call(userData, event, argument);
    }
}
