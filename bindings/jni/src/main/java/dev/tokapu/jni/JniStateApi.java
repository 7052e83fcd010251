package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.atLeast;
import static dev.tokapu.spi.ArrayChecks.out;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.StateApi;

/** {@link StateApi} over the native methods that JavaCPP generates. */
final class JniStateApi implements StateApi {

    @Override
    public int contextStateKey(long context, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_context_state_key(context, buf, buf.length, out(length));
    }

    @Override
    public int save(long context, int seqId, int partial, long[] state) {
        return TokapuLibrary.tokapu_state_save(context, seqId, partial, out(state));
    }

    @Override
    public int create(long[] state) {
        return TokapuLibrary.tokapu_state_new(out(state));
    }

    @Override
    public int append(long state, byte[] data, int length) {
        atLeast(data.length, length, "data");
        return TokapuLibrary.tokapu_state_append(state, data, length);
    }

    @Override
    public int free(long state) {
        return TokapuLibrary.tokapu_state_free(state);
    }

    @Override
    public int size(long state, long[] size) {
        return TokapuLibrary.tokapu_state_size(state, out(size));
    }

    @Override
    public int read(long state, long offset, byte[] data, int length) {
        atLeast(data.length, length, "data");
        return TokapuLibrary.tokapu_state_read(state, offset, data, length);
    }

    @Override
    public int restore(long state, long context, int seqId, int partial) {
        return TokapuLibrary.tokapu_state_restore(state, context, seqId, partial);
    }

    @Override
    public int copySave(long context, int seqId, long continued, int common, long[] copy) {
        return TokapuLibrary.tokapu_state_copy_save(context, seqId, continued, common, out(copy));
    }

    @Override
    public int copyRestore(long state, long context, int seqId, long[] copy) {
        return TokapuLibrary.tokapu_state_copy_restore(state, context, seqId, out(copy));
    }

    @Override
    public int copyNext(long copy, long bytes, long[] left) {
        return TokapuLibrary.tokapu_state_copy_next(copy, bytes, out(left));
    }

    @Override
    public int copyState(long copy, long[] state) {
        return TokapuLibrary.tokapu_state_copy_state(copy, out(state));
    }

    @Override
    public int copyFree(long copy) {
        return TokapuLibrary.tokapu_state_copy_free(copy);
    }
}
