package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.PrefixScope;
import java.util.Arrays;

/** Finds requests that are prefilling what a waiting one begins with: it waits, and begins with what they have computed. */
final class PrefixLeaders {

    /** Tokens that are worth waiting for. */
    private static final int WORTH_WAITING = 32;

    /** A request waits for no more leaders than that, should they end early. */
    private static final int MOST_LEADERS = 4;

    private final WaitingQueue waiting;
    private final SlotTable slots;
    private final SchedulerConfig config;

    PrefixLeaders(WaitingQueue waiting, SlotTable slots, SchedulerConfig config) {
        this.waiting = waiting;
        this.slots = slots;
        this.config = config;
    }

    /** Whether a request is to wait for another one. */
    boolean lead(ScheduledRequest<?> request, long now) {
        PrefixScope scope = request.prefix;
        if (!config.caches() || !config.trims() || scope == null || request.lookup.led >= MOST_LEADERS) {
            return false;
        }
        int longest = slots.cache().match(request).length() + WORTH_WAITING - 1;
        ScheduledRequest<?> leader = null;
        long level = PriorityOrder.level(request, now, config.agingNanos());
        for (int slot = 0; slot < config.sequences(); slot++) {
            ScheduledSequence<?> sequence = slots.sequence(slot);
            if (sequence == null || !isLeader(sequence.request(), scope, level, now)) {
                continue;
            }
            int common = common(sequence.request(), request);
            if (common > longest) {
                longest = common;
                leader = sequence.request();
            }
        }
        if (leader == null) {
            return false;
        }
        waiting.lead(request, leader, longest);
        return true;
    }

    private boolean isLeader(ScheduledRequest<?> request, PrefixScope scope, long level, long now) {
        return request.awaitsPrompt()
                && request.prefix != null
                && scope.mayUse(request.prefix)
                && PriorityOrder.level(request, now, config.agingNanos()) >= level;
    }

    private static int common(ScheduledRequest<?> leader, ScheduledRequest<?> request) {
        int end = Math.min(SequenceCache.mostFound(request), Math.min(leader.prefillTokens(), leader.activatedFrom));
        int mismatch = Arrays.mismatch(leader.prompt, 0, end, request.prompt, 0, end);
        return mismatch < 0 ? end : mismatch;
    }
}
