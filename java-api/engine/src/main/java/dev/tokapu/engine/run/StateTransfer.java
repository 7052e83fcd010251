package dev.tokapu.engine.run;

import dev.tokapu.SequenceState;
import dev.tokapu.StateCopy;
import dev.tokapu.engine.schedule.SavedPrefix;
import org.jspecify.annotations.Nullable;

/**
 * A prefix on its way from the KV cache to host memory or back.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class StateTransfer implements AutoCloseable {

    final int slot;
    final SavedPrefix prefix;

    /** Tokens that are wanted. */
    final int length;

    private final StateCopy copy;
    private final @Nullable SavedSequence source;
    private long nanos;
    private boolean closed;

    private StateTransfer(int slot, SavedPrefix prefix, int length, StateCopy copy, @Nullable SavedSequence source) {
        this.slot = slot;
        this.prefix = prefix;
        this.length = length;
        this.copy = copy;
        this.source = source;
    }

    static StateTransfer save(int slot, SavedPrefix prefix, StateCopy copy) {
        return new StateTransfer(slot, prefix, prefix.length(), copy, null);
    }

    /** {@code source}: what is read, which belongs to the transfer. */
    static StateTransfer restore(int slot, SavedPrefix prefix, int length, StateCopy copy, SavedSequence source) {
        return new StateTransfer(slot, prefix, length, copy, source);
    }

    boolean restores() {
        return source != null;
    }

    /** Whether all of the prefix is wanted. */
    boolean isWhole() {
        return length == prefix.length();
    }

    /** Copies about so many bytes more; whether all is copied. */
    boolean next(long bytes) {
        return copy.next(bytes) == 0;
    }

    void took(long time) {
        nanos += time;
    }

    /** Nanoseconds of a token, as far as it has come. */
    double tokenNanos() {
        return (double) nanos / prefix.length();
    }

    /** What was saved, once all is copied. */
    SequenceState state() {
        return copy.state();
    }

    @Override
    public void close() {
        copy.close();
        if (source != null && !closed) {
            source.close(); // counts its holders
        }
        closed = true;
    }
}
