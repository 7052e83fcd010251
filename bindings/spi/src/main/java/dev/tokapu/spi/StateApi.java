package dev.tokapu.spi;

/** The functions of {@code tokapu.h} for the state of a sequence, as bytes in an object of its own. */
public interface StateApi {

    int contextStateKey(long context, byte[] buf, int[] length);

    int save(long context, int seqId, int partial, long[] state);

    int create(long[] state);

    int append(long state, byte[] data, int length);

    int free(long state);

    int size(long state, long[] size);

    int read(long state, long offset, byte[] data, int length);

    int restore(long state, long context, int seqId, int partial);

    int copySave(long context, int seqId, long continued, int common, long[] copy);

    int copyRestore(long state, long context, int seqId, long[] copy);

    int copyNext(long copy, long bytes, long[] left);

    int copyState(long copy, long[] state);

    int copyFree(long copy);
}
