package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.atLeast;
import static dev.tokapu.spi.ArrayChecks.out;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.AdapterApi;

/** {@link AdapterApi} over the native methods that JavaCPP generates. */
final class JniAdapterApi implements AdapterApi {

    @Override
    public int load(long model, byte[] path, long[] adapter) {
        return TokapuLibrary.tokapu_adapter_load(model, path, path.length, out(adapter));
    }

    @Override
    public int loadRange(long model, byte[] path, long offset, long size, long[] adapter) {
        return TokapuLibrary.tokapu_adapter_load_range(model, path, path.length, offset, size, out(adapter));
    }

    @Override
    public int loadFd(long model, int fd, long offset, long size, long[] adapter) {
        return TokapuLibrary.tokapu_adapter_load_fd(model, fd, offset, size, out(adapter));
    }

    @Override
    public int free(long adapter) {
        return TokapuLibrary.tokapu_adapter_free(adapter);
    }

    @Override
    public int size(long adapter, long[] size) {
        return TokapuLibrary.tokapu_adapter_size(adapter, out(size));
    }

    @Override
    public int fingerprint(long adapter, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_adapter_fingerprint(adapter, buf, buf.length, out(length));
    }

    @Override
    public int metaCount(long adapter, int[] n) {
        return TokapuLibrary.tokapu_adapter_meta_count(adapter, out(n));
    }

    @Override
    public int metaKey(long adapter, int index, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_adapter_meta_key(adapter, index, buf, buf.length, out(length));
    }

    @Override
    public int metaValue(long adapter, int index, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_adapter_meta_value(adapter, index, buf, buf.length, out(length));
    }

    @Override
    public int invocationTokens(long adapter, int[] tokens, int[] nTokens) {
        return TokapuLibrary.tokapu_adapter_invocation_tokens(adapter, tokens, tokens.length, out(nTokens));
    }

    @Override
    public int contextSetAdapters(long context, long[] adapters, float[] scales, int n) {
        atLeast(adapters.length, n, "adapters");
        atLeast(scales.length, n, "scales");
        return TokapuLibrary.tokapu_context_set_adapters(context, adapters, scales, n);
    }

    @Override
    public int contextSetControlVector(long context, float[] data, int n, int firstLayer, int lastLayer) {
        atLeast(data.length, n, "data");
        return TokapuLibrary.tokapu_context_set_control_vector(context, data, n, firstLayer, lastLayer);
    }

    @Override
    public int layersStart(long context) {
        return TokapuLibrary.tokapu_layers_start(context);
    }

    @Override
    public int layersGet(long context, int layer, float[] values) {
        return TokapuLibrary.tokapu_layers_get(context, layer, values, values.length);
    }
}
