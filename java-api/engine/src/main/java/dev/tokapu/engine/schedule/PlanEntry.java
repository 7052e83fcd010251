package dev.tokapu.engine.schedule;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A run of tokens of one sequence in the batch of a {@link Plan}. No two entries of a plan have the same slot.
 *
 * <p>Thread safety: confined to the thread of its {@link Scheduler}.
 *
 * @param <T> what requests are scheduled for
 */
public final class PlanEntry<T> {

    private @Nullable ScheduledSequence<T> sequence;
    private int from;
    private int count;
    private boolean prefill;

    PlanEntry() {}

    void set(ScheduledSequence<T> of, int position, int tokens, boolean isPrefill) {
        sequence = of;
        from = position;
        count = tokens;
        prefill = isPrefill;
    }

    /** {@return its sequence; a prompt is decoded into one, the request's first that has not ended} */
    public ScheduledSequence<T> sequence() {
        return Objects.requireNonNull(sequence);
    }

    /** {@return the request of its sequence} */
    public ScheduledRequest<T> request() {
        return sequence().request();
    }

    /** {@return what its request is scheduled for} */
    public T task() {
        return request().task();
    }

    /** {@return the slot of its sequence} */
    public int slot() {
        return sequence().slot();
    }

    /** {@return the position of its first token in the sequence; in a prompt also the index of the token} */
    public int from() {
        return from;
    }

    /** {@return how many tokens it has: part of a prompt, or the next token and its drafts} */
    public int count() {
        return count;
    }

    /** {@return the position behind its last token} */
    public int end() {
        return from + count;
    }

    /** {@return whether it is part of a prompt; false when it decodes} */
    public boolean isPrefill() {
        return prefill;
    }

    /** {@return whether it reaches the end of its prompt; false for other parts of a prompt and when it decodes} */
    public boolean isLast() {
        return prefill && end() == request().prefillTokens();
    }
}
