package dev.tokapu.ffm;

import static dev.tokapu.ffm.gen.TokapuH.tokapu_context_state_key;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_state_append;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_state_free;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_state_new;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_state_read;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_state_restore;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_state_save;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_state_size;

import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.NativeConstants;

/** The functions of {@code tokapu.h} for the states of sequences. */
abstract class StateCalls extends AdapterCalls {

    @Override
    public int contextStateKey(long context, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_context_state_key(context, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int stateSave(long context, int seqId, int partial, long[] state) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(tokapu_state_save(context, seqId, partial, s.cell(state)), state);
        }
    }

    @Override
    public int stateNew(long[] state) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(tokapu_state_new(s.cell(state)), state);
        }
    }

    @Override
    public int stateAppend(long state, byte[] data, int length) {
        ArrayChecks.atLeast(data.length, length, "data");
        try (Scratch s = Scratch.take()) {
            return tokapu_state_append(state, s.a.in(data, length), length);
        }
    }

    @Override
    public int stateFree(long state) {
        return tokapu_state_free(state);
    }

    @Override
    public int stateSize(long state, long[] size) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(tokapu_state_size(state, s.cell(size)), size);
        }
    }

    @Override
    public int stateRead(long state, long offset, byte[] data, int length) {
        ArrayChecks.atLeast(data.length, length, "data");
        try (Scratch s = Scratch.take()) {
            int status = tokapu_state_read(state, offset, s.a.reserve(Math.max(0, length)), length);
            if (status == NativeConstants.OK) {
                s.a.out(data, length);
            }
            return status;
        }
    }

    @Override
    public int stateRestore(long state, long context, int seqId, int partial) {
        return tokapu_state_restore(state, context, seqId, partial);
    }
}
