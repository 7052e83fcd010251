package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.AdapterApi;
import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.Status;

/** {@link AdapterApi} over the generated downcalls. */
final class FfmAdapterApi implements AdapterApi {

    @Override
    public int load(long model, byte[] path, long[] adapter) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(TokapuH.tokapu_adapter_load(model, s.a.in(path), path.length, s.cell(adapter)), adapter);
        }
    }

    @Override
    public int loadRange(long model, byte[] path, long offset, long size, long[] adapter) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(
                    TokapuH.tokapu_adapter_load_range(model, s.a.in(path), path.length, offset, size, s.cell(adapter)),
                    adapter);
        }
    }

    @Override
    public int loadFd(long model, int fd, long offset, long size, long[] adapter) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(TokapuH.tokapu_adapter_load_fd(model, fd, offset, size, s.cell(adapter)), adapter);
        }
    }

    @Override
    public int free(long adapter) {
        return TokapuH.tokapu_adapter_free(adapter);
    }

    @Override
    public int size(long adapter, long[] size) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(TokapuH.tokapu_adapter_size(adapter, s.cell(size)), size);
        }
    }

    @Override
    public int fingerprint(long adapter, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_adapter_fingerprint(adapter, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int metaCount(long adapter, int[] n) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(TokapuH.tokapu_adapter_meta_count(adapter, s.cell(n)), n);
        }
    }

    @Override
    public int metaKey(long adapter, int index, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_adapter_meta_key(
                            adapter, index, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int metaValue(long adapter, int index, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_adapter_meta_value(
                            adapter, index, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int invocationTokens(long adapter, int[] tokens, int[] nTokens) {
        try (Scratch s = Scratch.take()) {
            return s.tokensTo(
                    TokapuH.tokapu_adapter_invocation_tokens(
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
            return TokapuH.tokapu_context_set_adapters(context, s.a.in(adapters), s.b.in(scales, n), n);
        }
    }

    @Override
    public int contextSetControlVector(long context, float[] data, int n, int firstLayer, int lastLayer) {
        ArrayChecks.atLeast(data.length, n, "data");
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_context_set_control_vector(context, s.a.in(data, n), n, firstLayer, lastLayer);
        }
    }

    @Override
    public int layersStart(long context) {
        return TokapuH.tokapu_layers_start(context);
    }

    @Override
    public int layersGet(long context, int layer, float[] values) {
        try (Scratch s = Scratch.take()) {
            int status = TokapuH.tokapu_layers_get(context, layer, s.a.reserve(4L * values.length), values.length);
            if (status == Status.OK) {
                s.a.out(values, values.length);
            }
            return status;
        }
    }
}
