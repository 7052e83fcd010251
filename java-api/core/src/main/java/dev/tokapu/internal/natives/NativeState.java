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
     * @param sequence its id
     * @param partial only what cannot be had by removing positions
     * @return the state
     */
    public static NativeState take(NativeHandle context, int sequence, boolean partial) {
        long[] id = new long[1];
        long contextId = context.acquire();
        try {
            context.check(
                    context.api().states().save(contextId, sequence, partial ? 1 : 0, id),
                    "taking the state of a sequence");
        } finally {
            context.release();
        }
        return new NativeState(context.api(), id[0]);
    }

    /**
     * A state without bytes.
     *
     * @param api the functions
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
     * @param context the context
     * @return lines of name, tab, value
     */
    public static String key(NativeHandle context) {
        long id = context.acquire();
        try {
            return NativeErrors.text(
                    context.api(),
                    "describing its states",
                    context.name(),
                    (buf, n) -> context.api().states().contextStateKey(id, buf, n));
        } finally {
            context.release();
        }
    }

    /**
     * Puts it into a sequence. After an exception that is about the state, the sequence is empty.
     *
     * @param context the context that holds the sequence
     * @param sequence its id
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

    /**
     * Adds bytes.
     *
     * @param data the bytes
     * @param length how many
     */
    public void append(byte[] data, int length) {
        long id = handle.acquire();
        try {
            handle.check(api.states().append(id, data, length), "append");
        } finally {
            handle.release();
        }
    }

    /**
     * Copies bytes.
     *
     * @param offset the first one
     * @param data where to
     * @param length how many
     */
    public void read(long offset, byte[] data, int length) {
        long id = handle.acquire();
        try {
            handle.check(api.states().read(id, offset, data, length), "read");
        } finally {
            handle.release();
        }
    }

    /**
     * How many bytes it has.
     *
     * @return bytes
     */
    public long size() {
        long[] size = new long[1];
        long id = handle.acquire();
        try {
            handle.check(api.states().size(id, size), "size");
        } finally {
            handle.release();
        }
        return size[0];
    }

    @Override
    public void close() {
        handle.close();
    }
}
