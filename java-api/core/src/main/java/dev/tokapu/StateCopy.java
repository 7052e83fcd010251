package dev.tokapu;

import dev.tokapu.internal.natives.NativeState;
import dev.tokapu.internal.natives.NativeStateCopy;
import dev.tokapu.internal.util.Checks;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SequenceState} on its way out of a {@link Sequence} or into it, copied in parts: between them the context decodes other
 * sequences, which wait for a part and not for the whole.
 *
 * <p>While a state is taken, its sequence may grow; a copy whose sequence is shortened, shifted, cleared or replaced before it is complete
 * throws from then on. While one is restored, its sequence has all its positions and is of no use; a copy that is closed before it is
 * complete leaves it so, to be cleared. With a unified KV cache a shift of any sequence counts: cells may be shared. Where a memory moves what it
 * has (recurrent and hybrid models, sliding windows), all is copied at the beginning.
 *
 * <p>Close it. Thread safety: confined to one thread at a time together with its context; {@link #close} is safe.
 *
 * @since 0.1
 */
public final class StateCopy implements AutoCloseable {

    private final NativeStateCopy copy;
    private final @Nullable Function<NativeState, SequenceState> taken;
    private boolean complete;

    /** {@code taken}: makes the state of its bytes; null when one is restored. */
    StateCopy(NativeStateCopy copy, @Nullable Function<NativeState, SequenceState> taken) {
        this.copy = copy;
        this.taken = taken;
    }

    /**
     * Copies the next bytes, about as many as asked for; fewer where they are scattered over the KV cache.
     *
     * @param bytes at least 1
     * @return bytes that are still to be copied; 0 when it is complete
     * @throws IllegalStateException when it or the context is closed
     * @throws dev.tokapu.exception.SequenceStateException when its sequence was shortened, shifted, cleared or replaced, or an earlier part
     *     failed
     */
    public long next(long bytes) {
        Checks.atLeast("bytes", bytes, 1);
        long left = copy.next(bytes);
        complete = left == 0;
        return left;
    }

    /** {@return whether all is copied, as far as {@link #next} has said} */
    public boolean isComplete() {
        return complete;
    }

    /**
     * The state that was taken.
     *
     * @return the state, to be closed by the caller
     * @throws IllegalStateException when it is not complete, or one is restored
     */
    public SequenceState state() {
        if (taken == null || !complete) {
            throw new IllegalStateException(
                    taken == null
                            ? "this copy restores a state; one is taken by Sequence.beginState()"
                            : "the state is not copied to its end; call next() until it returns 0");
        }
        return taken.apply(copy.state());
    }

    @Override
    public void close() {
        copy.close();
    }

    @Override
    public String toString() {
        return "StateCopy[" + (taken == null ? "restores" : "takes") + (complete ? ", complete]" : "]");
    }
}
