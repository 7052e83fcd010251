package dev.tokapu.engine.run;

import dev.tokapu.SequenceState;
import dev.tokapu.engine.schedule.SavedState;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The state of a sequence in host memory, freed by the last one who holds it.
 *
 * <p>Thread safety: safe.
 */
public final class SavedSequence implements SavedState {

    private final SequenceState state;
    private final long bytes;
    private final AtomicInteger holders = new AtomicInteger(1);

    /** Takes the state over; it has one holder. */
    public SavedSequence(SequenceState state) {
        this.state = state;
        this.bytes = state.size();
    }

    /** {@return the state} */
    public SequenceState state() {
        return state;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    /** A further holder, to be called by one. */
    SavedSequence hold() {
        holders.incrementAndGet();
        return this;
    }

    @Override
    public void close() {
        if (holders.decrementAndGet() == 0) {
            state.close();
        }
    }
}
