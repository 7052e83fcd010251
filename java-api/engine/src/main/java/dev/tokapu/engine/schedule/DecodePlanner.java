package dev.tokapu.engine.schedule;

import org.jspecify.annotations.Nullable;

/**
 * The part of a batch that continues answers.
 *
 * <p>Sequences in order of their slots when all fit, so that batches keep their shape. Otherwise each step begins behind the last one:
 * the next tokens of as many sequences as fit, and drafts only in room that no next token wants.
 */
final class DecodePlanner {

    private final @Nullable ScheduledSequence<?>[] ready;
    private int size;
    private long wanted;

    DecodePlanner(int slots) {
        this.ready = new @Nullable ScheduledSequence<?>[slots];
    }

    /** Looks up the sequences of a group that can go on. */
    void collect(Group group, SlotTable slots) {
        size = 0;
        wanted = 0;
        for (int slot = 0; slot < ready.length; slot++) {
            ScheduledSequence<?> sequence = slots.sequence(slot);
            if (sequence != null && sequence.isReady() && sequence.request().group == group) {
                ready[size++] = sequence;
                wanted += sequence.wanted();
            }
        }
    }

    /** Tokens that the sequences would like. */
    long wanted() {
        return wanted;
    }

    void fill(Group group, int budget, Plan<?> plan) {
        boolean all = wanted <= budget;
        int entries = Math.min(size, budget);
        int drafts = budget - entries;
        int start = all ? 0 : behind(group.cursor);
        for (int i = 0; i < entries; i++) {
            ScheduledSequence<?> sequence = sequence((start + i) % size);
            int extra = Math.min(sequence.wanted() - 1, drafts);
            drafts -= extra;
            plan.decode(sequence, 1 + extra);
        }
        if (!all && entries > 0) {
            int last = entries < size ? entries - 1 : 0;
            group.cursor = sequence((start + last) % size).slot + 1;
        }
    }

    /** The first ready sequence at a slot or after it, around the end. */
    private int behind(int slot) {
        for (int i = 0; i < size; i++) {
            if (sequence(i).slot >= slot) {
                return i;
            }
        }
        return 0;
    }

    private ScheduledSequence<?> sequence(int i) {
        ScheduledSequence<?> sequence = ready[i];
        if (sequence == null) {
            throw new IllegalStateException("No sequence " + i);
        }
        return sequence;
    }
}
