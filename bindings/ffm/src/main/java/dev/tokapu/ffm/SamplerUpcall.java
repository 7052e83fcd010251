package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.tokapu_sampler_callback;
import dev.tokapu.spi.SamplerCallbacks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The way of sampler events from C to {@link SamplerCallbacks}. One stub for ever and for all chains: a chain may be freed by
 * whoever leaves it last, and then C still calls to say so.
 */
final class SamplerUpcall {

    static final MemorySegment STUB = tokapu_sampler_callback.allocate(SamplerCallbacks::call, Arena.global());

    private SamplerUpcall() {}
}
