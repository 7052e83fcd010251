package dev.tokapu.ffm;

import static dev.tokapu.ffm.gen.TokapuH.tokapu_adapter_free;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_adapter_invocation_tokens;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_adapter_load;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_adapter_meta_count;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_adapter_meta_key;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_adapter_meta_value;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_adapter_size;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_context_set_adapters;

import dev.tokapu.spi.ArrayChecks;

/** The adapter functions of {@code tokapu.h}. */
abstract class AdapterCalls extends ContextCalls {

    @Override
    public int adapterLoad(long model, byte[] path, long[] adapter) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(tokapu_adapter_load(model, s.a.in(path), path.length, s.cell(adapter)), adapter);
        }
    }

    @Override
    public int adapterFree(long adapter) {
        return tokapu_adapter_free(adapter);
    }

    @Override
    public int adapterSize(long adapter, long[] size) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(tokapu_adapter_size(adapter, s.cell(size)), size);
        }
    }

    @Override
    public int adapterMetaCount(long adapter, int[] n) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(tokapu_adapter_meta_count(adapter, s.cell(n)), n);
        }
    }

    @Override
    public int adapterMetaKey(long adapter, int index, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_adapter_meta_key(adapter, index, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int adapterMetaValue(long adapter, int index, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_adapter_meta_value(adapter, index, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int adapterInvocationTokens(long adapter, int[] tokens, int[] nTokens) {
        try (Scratch s = Scratch.take()) {
            return s.tokensTo(
                    tokapu_adapter_invocation_tokens(
                            adapter, s.a.reserve(4L * tokens.length), tokens.length, s.cell(nTokens)),
                    tokens,
                    nTokens);
        }
    }

    @Override
    public int contextSetAdapters(long context, long[] adapters, float[] scales, int n) {
        ArrayChecks.atLeast(adapters.length, n, "adapters");
        ArrayChecks.atLeast(scales.length, n, "scales");
        try (Scratch s = Scratch.take()) {
            return tokapu_context_set_adapters(context, s.a.in(adapters), s.b.in(scales, n), n);
        }
    }
}
