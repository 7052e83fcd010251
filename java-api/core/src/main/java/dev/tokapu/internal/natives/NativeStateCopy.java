package dev.tokapu.internal.natives;

import dev.tokapu.spi.NativeApi;

/**
 * The state of a sequence on its way out of a context or into it.
 *
 * <p>Thread safety: confined to the thread of its context, but for {@link #close}.
 */
public final class NativeStateCopy implements AutoCloseable {

    private final NativeHandle context;
    private final NativeHandle handle;
    private final NativeApi api;
    private final long[] left = {1};

    private NativeStateCopy(NativeHandle context, long id) {
        this.context = context;
        this.api = context.api();
        this.handle = NativeHandle.shared(
                api, id, "StateCopy", (functions, freed) -> functions.states().copyFree(freed));
    }

    /** Begins to take the state of a sequence. */
    public static NativeStateCopy save(NativeHandle context, int sequence) {
        return save(context, sequence, 0, 0);
    }

    /** Begins to take the state of a sequence that has so many first tokens in common with another state. */
    static NativeStateCopy save(NativeHandle context, int sequence, NativeHandle continued, int common) {
        NativeStateCopy[] copy = new NativeStateCopy[1];
        continued.call("continuing a state", stateId -> {
            copy[0] = save(context, sequence, stateId, common);
            return 0;
        });
        return copy[0];
    }

    private static NativeStateCopy save(NativeHandle context, int sequence, long continued, int common) {
        long[] id = new long[1];
        context.call(
                "taking the state of a sequence",
                contextId -> context.api().states().copySave(contextId, sequence, continued, common, id));
        return new NativeStateCopy(context, id[0]);
    }

    /** Begins to put a state into a sequence. After an exception that is about the state, the sequence is empty. */
    static NativeStateCopy restore(NativeHandle state, NativeHandle context, int sequence) {
        long[] id = new long[1];
        state.call("reading a state", stateId -> {
            context.call(
                    "restoring the state of a sequence",
                    contextId -> context.api().states().copyRestore(stateId, contextId, sequence, id));
            return 0;
        });
        return new NativeStateCopy(context, id[0]);
    }

    /**
     * Copies the next bytes, about as many as asked for.
     *
     * @return how many are left
     */
    public long next(long bytes) {
        context.call("copying the state of a sequence", contextId -> {
            handle.call("copy", id -> api.states().copyNext(id, bytes, left));
            return 0;
        });
        return left[0];
    }

    /** {@return the state that was taken, to be closed by the caller} */
    public NativeState state() {
        long[] id = new long[1];
        handle.call("state", copy -> api.states().copyState(copy, id));
        return NativeState.of(api, id[0]);
    }

    @Override
    public void close() {
        handle.close();
    }
}
