package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.StateApi;
import dev.tokapu.spi.Status;

/** {@link StateApi} over the generated downcalls. */
final class FfmStateApi implements StateApi {

    @Override
    public int contextStateKey(long context, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_context_state_key(context, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int save(long context, int seqId, int partial, long[] state) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(TokapuH.tokapu_state_save(context, seqId, partial, s.cell(state)), state);
        }
    }

    @Override
    public int create(long[] state) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(TokapuH.tokapu_state_new(s.cell(state)), state);
        }
    }

    @Override
    public int append(long state, byte[] data, int length) {
        ArrayChecks.atLeast(data.length, length, "data");
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_state_append(state, s.a.in(data, length), length);
        }
    }

    @Override
    public int free(long state) {
        return TokapuH.tokapu_state_free(state);
    }

    @Override
    public int size(long state, long[] size) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(TokapuH.tokapu_state_size(state, s.cell(size)), size);
        }
    }

    @Override
    public int read(long state, long offset, byte[] data, int length) {
        ArrayChecks.atLeast(data.length, length, "data");
        try (Scratch s = Scratch.take()) {
            int status = TokapuH.tokapu_state_read(state, offset, s.a.reserve(Math.max(0, length)), length);
            if (status == Status.OK) {
                s.a.out(data, length);
            }
            return status;
        }
    }

    @Override
    public int restore(long state, long context, int seqId, int partial) {
        return TokapuH.tokapu_state_restore(state, context, seqId, partial);
    }

    @Override
    public int copySave(long context, int seqId, long continued, int common, long[] copy) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(TokapuH.tokapu_state_copy_save(context, seqId, continued, common, s.cell(copy)), copy);
        }
    }

    @Override
    public int copyRestore(long state, long context, int seqId, long[] copy) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(TokapuH.tokapu_state_copy_restore(state, context, seqId, s.cell(copy)), copy);
        }
    }

    @Override
    public int copyNext(long copy, long bytes, long[] left) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(TokapuH.tokapu_state_copy_next(copy, bytes, s.cell(left)), left);
        }
    }

    @Override
    public int copyState(long copy, long[] state) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(TokapuH.tokapu_state_copy_state(copy, s.cell(state)), state);
        }
    }

    @Override
    public int copyFree(long copy) {
        return TokapuH.tokapu_state_copy_free(copy);
    }
}
