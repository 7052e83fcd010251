package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.tokapu_sampler_callback;
import dev.tokapu.spi.SamplerCallbacks;
import java.lang.foreign.MemorySegment;

/**
 * Carries sampler events from C to {@link SamplerCallbacks}. One stub serves all chains: the last call on a chain may free it, and C
 * reports that through the stub as well.
 */
final class SamplerUpcall {

    static final MemorySegment STUB =
            WeakUpcall.stub(SamplerUpcall.class, "event", tokapu_sampler_callback.descriptor());

    private SamplerUpcall() {}

    static long event(long userData, int event, long argument) {
        return SamplerCallbacks.call(userData, event, argument);
    }
}
