package dev.tokapu;

import dev.tokapu.internal.natives.NativeState;
import org.jspecify.annotations.Nullable;

/**
 * A place in a {@link Sequence} to come back to. It costs nothing where positions can be removed, and a copy of the recurrent state or of the
 * sliding windows elsewhere.
 *
 * <p>Close it; until then it may hold native memory. Thread safety: immutable.
 *
 * @since 0.1
 */
public final class Checkpoint implements AutoCloseable {

    private final Sequence sequence;
    private final int position;
    private final long moment;
    private final @Nullable NativeState state;

    Checkpoint(Sequence sequence, int position, long moment, @Nullable NativeState state) {
        this.sequence = sequence;
        this.position = position;
        this.moment = moment;
        this.state = state;
    }

    /** {@return the sequence that it belongs to} */
    public Sequence sequence() {
        return sequence;
    }

    /** {@return the length of the sequence when it was taken, in positions} */
    public int position() {
        return position;
    }

    /** The moment of {@link dev.tokapu.TruncationLog} in which it was taken. */
    long moment() {
        return moment;
    }

    /** What removing positions does not bring back, null when it brings back everything. */
    @Nullable
    NativeState state() {
        return state;
    }

    @Override
    public void close() {
        if (state != null) {
            state.close();
        }
    }

    @Override
    public String toString() {
        return "Checkpoint[" + sequence + " at " + position + "]";
    }
}
