package dev.tokapu.engine.schedule;

import org.jspecify.annotations.Nullable;

/**
 * The part of a plan that makes room in a unified KV cache when answers took more of it than was expected: what is kept of ended requests goes first,
 * then a request whose answer is paused is preempted, or the last one in order. The first one in order is only for such as cannot be preempted, which
 * come to their ends; so everybody does.
 */
final class KvPressure {

    private final SchedulerConfig config;
    private final SlotTable slots;
    private final RequestTable requests;
    private long answers;
    private long drafts;
    private long prompts;
    private @Nullable ScheduledRequest<?> last;

    KvPressure(SchedulerConfig config, SlotTable slots, RequestTable requests) {
        this.config = config;
        this.slots = slots;
        this.requests = requests;
    }

    /** Makes room for a token of each answer, or of a prompt. */
    void relieve(long now, Plan<?> plan) {
        while (config.preempts()) {
            count(now);
            long least = Math.min(answers > 0 ? answers : Math.min(prompts, 1), config.batchTokens());
            if (slots.room().free(least, plan) >= least || !makeRoom(plan)) {
                return;
            }
        }
    }

    /** How many tokens a step may have, after evictions for what it could use. */
    int room(long now, Plan<?> plan) {
        if (!config.preempts()) {
            return config.batchTokens();
        }
        count(now);
        long wanted = Math.min(answers + drafts + prompts, config.batchTokens());
        return (int) Math.max(0, Math.min(slots.room().free(wanted, plan), config.batchTokens()));
    }

    private void count(long now) {
        answers = 0;
        drafts = 0;
        prompts = 0;
        last = null;
        for (int slot = 0; slot < config.sequences(); slot++) {
            ScheduledSequence<?> sequence = slots.sequence(slot);
            if (sequence == null || sequence.ended) {
                continue;
            }
            ScheduledRequest<?> request = sequence.request();
            if (request.isDecoding() && !sequence.paused) {
                answers++;
                drafts += sequence.wanted() - 1;
            } else if (request.isPrefilling() && sequence == request.promptSequence()) {
                prompts += request.prefillTokens() - request.prefilled;
            }
            if (request.isPreemptible() && sequence.unsampled == 0) {
                last = last == null || isBehind(request, last, now) ? request : last;
            }
        }
    }

    private boolean makeRoom(Plan<?> plan) {
        if (last != null && slots.requests() > 1) {
            requests.preempt(last, plan);
            return true;
        }
        return slots.cache().evictions().unpinOne();
    }

    private boolean isBehind(ScheduledRequest<?> request, ScheduledRequest<?> other, long now) {
        boolean paused = request.sequence(0).paused;
        if (paused != other.sequence(0).paused) {
            return paused;
        }
        long level = PriorityOrder.level(request, now, config.agingNanos());
        long otherLevel = PriorityOrder.level(other, now, config.agingNanos());
        return level != otherLevel ? level < otherLevel : !PriorityOrder.isEarlier(request, other);
    }
}
