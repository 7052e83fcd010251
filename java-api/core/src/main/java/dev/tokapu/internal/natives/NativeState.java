package dev.tokapu.internal.natives;

import dev.tokapu.spi.NativeApi;

/**
 * The bytes of a sequence's state, in native memory.
 *
 * <p>Thread safety: safe.
 */
public final class NativeState implements AutoCloseable {

    private final NativeHandle handle;
    private final NativeApi api;

    private NativeState(NativeApi api, long id) {
        this.api = api;
        this.handle = NativeHandle.shared(
                api,
                id,
                "SequenceState",
                (functions, freed) -> functions.states().free(freed));
    }

    /**
     * Takes the state of a sequence.
     *
     * @param context the context that holds it
     * @param partial only what cannot be had by removing positions
     */
    public static NativeState take(NativeHandle context, int sequence, boolean partial) {
        long[] id = new long[1];
        context.call(
                "taking the state of a sequence",
                contextId -> context.api().states().save(contextId, sequence, partial ? 1 : 0, id));
        return new NativeState(context.api(), id[0]);
    }

    /** Owns the id of a state. */
    static NativeState of(NativeApi api, long id) {
        return new NativeState(api, id);
    }

    /**
     * A state without bytes.
     *
     * @return the state, to be filled by {@link #append}
     */
    public static NativeState empty(NativeApi api) {
        long[] id = new long[1];
        NativeErrors.check(api, api.states().create(id), "create", "SequenceState");
        return new NativeState(api, id[0]);
    }

    /**
     * What must be equal for a state to fit.
     *
     * @return lines of name, tab, value
     */
    public static String key(NativeHandle context) {
        return context.text(
                "describing its states", (id, buf, n) -> context.api().states().contextStateKey(id, buf, n));
    }

    /**
     * Puts it into a sequence. After an exception that is about the state, the sequence is empty.
     *
     * @param context the context that holds the sequence
     * @param partial as it was taken
     */
    public void restore(NativeHandle context, int sequence, boolean partial) {
        long id = handle.acquire();
        try {
            long contextId = context.acquire();
            try {
                context.check(
                        api.states().restore(id, contextId, sequence, partial ? 1 : 0),
                        "restoring the state of a sequence");
            } finally {
                context.release();
            }
        } finally {
            handle.release();
        }
    }

    /** Begins to put it into a sequence. After an exception that is about the state, the sequence is empty. */
    public NativeStateCopy beginRestore(NativeHandle context, int sequence) {
        return NativeStateCopy.restore(handle, context, sequence);
    }

    /** Begins to take the state of a sequence that has so many first tokens in common with this one; their memory is shared. */
    public NativeStateCopy beginContinuing(NativeHandle context, int sequence, int common) {
        return NativeStateCopy.save(context, sequence, handle, common);
    }

    /** Adds bytes. */
    public void append(byte[] data, int length) {
        handle.call("append", id -> api.states().append(id, data, length));
    }

    /** Copies bytes. */
    public void read(long offset, byte[] data, int length) {
        handle.call("read", id -> api.states().read(id, offset, data, length));
    }

    /** {@return its size in bytes} */
    public long size() {
        long[] size = new long[1];
        handle.call("size", id -> api.states().size(id, size));
        return size[0];
    }

    @Override
    public void close() {
        handle.close();
    }
}
