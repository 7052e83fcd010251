package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixScope;
import org.jspecify.annotations.Nullable;

/** Which slot a sequence gets, and what makes room for it there. */
final class SlotPlaces {

    private final SchedulerConfig config;
    private final RetiredSequences retired;
    private final Evictions evictions;

    SlotPlaces(SchedulerConfig config, RetiredSequences retired, Evictions evictions) {
        this.config = config;
        this.retired = retired;
        this.evictions = evictions;
    }

    /** Whether a prompt continues a sequence in place: when nothing of it is lost, or little, or the least that could be evicted. */
    boolean isTakenOver(CachedSequence source, int length, PrefixScope scope, SlotTable slots) {
        if (!source.isEvictable() || !source.scope().equals(scope)) {
            return false;
        }
        int lost = source.length() - length;
        if (lost == 0 || config.shared()) {
            return lost == 0;
        }
        return slots.lowestEmpty() < 0 && (lost <= length / 8 || retired.least(null) == source);
    }

    /**
     * The lowest empty slot, after an eviction if need be; -1 when only one that is kept could be evicted. Where gaps between slots cost
     * steps, what is kept near the slots of the others makes room: it moves to that slot, or is evicted if little of prompts is found.
     */
    int empty(SlotTable slots, @Nullable CachedSequence kept, Plan<?> plan) {
        int slot = slots.lowestEmpty();
        if (slot >= 0 && slots.isNear(slot)) {
            return slot;
        }
        CachedSequence near = retired.leastNear(slots, kept);
        if (near != null && near.isEvictable() && !evictions.movesNext()) {
            evictions.evict(near, plan);
            return near.id();
        }
        if (slot < 0) {
            CachedSequence least = retired.least(kept);
            if (least == null) {
                return -1;
            }
            evictions.evict(least, plan);
            slot = least.id();
        }
        if (near == null || slots.isNear(slot)) {
            return slot;
        }
        int left = near.id();
        plan.copy(left, slot, near.length());
        plan.clear(left);
        retired.move(near, slot);
        return left;
    }

    /** What {@link #empty} evicts. */
    @Nullable
    CachedSequence inTheWay(SlotTable slots, @Nullable CachedSequence kept) {
        int slot = slots.lowestEmpty();
        if (slot >= 0 && slots.isNear(slot)) {
            return null;
        }
        CachedSequence near = retired.leastNear(slots, kept);
        if (near != null && near.isEvictable() && !evictions.wouldMove()) {
            return near;
        }
        return slot < 0 ? retired.least(kept) : null;
    }
}
