package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.tokapu_sampler_callback;
import dev.tokapu.spi.SamplerCallbacks;
import java.lang.foreign.MemorySegment;

/**
 * The way of sampler events from C to {@link SamplerCallbacks}. One for all chains: a chain may be freed by whoever leaves
 * it last, and then C still calls to say so.
 */
final class SamplerUpcall {

    static final MemorySegment STUB =
            WeakUpcall.stub(SamplerUpcall.class, "event", tokapu_sampler_callback.descriptor());

    private SamplerUpcall() {}

    static long event(long userData, int event, long argument) {
        return SamplerCallbacks.call(userData, event, argument);
    }
}
