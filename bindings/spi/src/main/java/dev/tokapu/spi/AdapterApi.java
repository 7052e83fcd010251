package dev.tokapu.spi;

/** The functions of {@code tokapu.h} for LoRA adapters, control vectors and the contexts that use them. */
public interface AdapterApi {

    int load(long model, byte[] path, long[] adapter);

    int loadRange(long model, byte[] path, long offset, long size, long[] adapter);

    int loadFd(long model, int fd, long offset, long size, long[] adapter);

    int free(long adapter);

    int size(long adapter, long[] size);

    int fingerprint(long adapter, byte[] buf, int[] length);

    int metaCount(long adapter, int[] n);

    int metaKey(long adapter, int index, byte[] buf, int[] length);

    int metaValue(long adapter, int index, byte[] buf, int[] length);

    int invocationTokens(long adapter, int[] tokens, int[] nTokens);

    int contextSetAdapters(long context, long[] adapters, float[] scales, int n);

    int contextSetControlVector(long context, float[] data, int n, int firstLayer, int lastLayer);

    int layersStart(long context);

    int layersGet(long context, int layer, float[] values);
}
