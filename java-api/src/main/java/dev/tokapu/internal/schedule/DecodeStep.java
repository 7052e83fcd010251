package dev.tokapu.internal.schedule;

import org.jspecify.annotations.Nullable;

/**
 * The part of a batch that continues answers.
 *
 * <p>Lanes in order of their slots when all fit, so that batches keep their shape. Otherwise each step begins behind the last one:
 * the next tokens of as many lanes as fit, and drafts only in room that no next token wants.
 */
final class DecodeStep {

    private final @Nullable Lane[] ready;
    private int size;
    private long wanted;

    DecodeStep(int slots) {
        this.ready = new @Nullable Lane[slots];
    }

    /** Looks up the lanes of a group that can go on. */
    void collect(Group group, Slots slots) {
        size = 0;
        wanted = 0;
        for (int slot = 0; slot < ready.length; slot++) {
            Lane lane = slots.lane(slot);
            if (lane != null && lane.isReady() && lane.job().group == group) {
                ready[size++] = lane;
                wanted += lane.wanted();
            }
        }
    }

    /** Tokens that the lanes would like. */
    long wanted() {
        return wanted;
    }

    void fill(Group group, int budget, Plan plan) {
        boolean all = wanted <= budget;
        int entries = Math.min(size, budget);
        int drafts = budget - entries;
        int start = all ? 0 : behind(group.cursor);
        for (int i = 0; i < entries; i++) {
            Lane lane = lane((start + i) % size);
            int extra = Math.min(lane.wanted() - 1, drafts);
            drafts -= extra;
            plan.decode(lane, 1 + extra);
        }
        if (!all && entries > 0) {
            int last = entries < size ? entries - 1 : 0;
            group.cursor = lane((start + last) % size).slot + 1;
        }
    }

    /** The first ready lane at a slot or after it, around the end. */
    private int behind(int slot) {
        for (int i = 0; i < size; i++) {
            if (lane(i).slot >= slot) {
                return i;
            }
        }
        return 0;
    }

    private Lane lane(int i) {
        Lane lane = ready[i];
        if (lane == null) {
            throw new IllegalStateException("No lane " + i);
        }
        return lane;
    }
}
