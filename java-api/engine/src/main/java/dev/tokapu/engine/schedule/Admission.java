package dev.tokapu.engine.schedule;

import org.jspecify.annotations.Nullable;

/** The part of a plan that frees slots and hands them out again. */
final class Admission {

    private final RequestTable requests;
    private final WaitingQueue waiting;
    private final SlotTable slots;
    private final AdapterRotation groups;
    private final PrefixLeaders leaders;
    private final SchedulerConfig config;
    private int mostTransferred = Integer.MAX_VALUE;

    Admission(
            RequestTable requests,
            WaitingQueue waiting,
            SlotTable slots,
            AdapterRotation groups,
            SchedulerConfig config) {
        this.requests = requests;
        this.waiting = waiting;
        this.slots = slots;
        this.groups = groups;
        this.config = config;
        this.leaders = new PrefixLeaders(waiting, slots, config);
    }

    /** Why a request is not taken into the queue; null when it is. */
    @Nullable
    RejectReason refusal(ScheduledRequest<?> request) {
        RejectReason tooLarge = slots.measure(request);
        if (tooLarge != null) {
            return tooLarge;
        }
        if (request.whole() && request.promptTokens() > config.batchTokens()) {
            return RejectReason.WHOLE_TOO_LONG;
        }
        if (request.deadline() <= request.arrival()) {
            return RejectReason.EXPIRED;
        }
        return waiting.size() >= config.queue() ? RejectReason.QUEUE_FULL : null;
    }

    /** Frees the slots of what ended, and of what is to be kept no longer. */
    void release(Plan<?> plan) {
        if (slots.cache().evictions().hasForgotten()) {
            slots.cache().evictions().clear(plan);
            waiting.unblock();
        }
        if (slots.hasReleases()) {
            slots.release(plan);
            waiting.unblock();
        }
    }

    void transfersAtMost(int tokens) {
        mostTransferred = tokens;
    }

    /** Whether a plan may save or restore more, as far as answers wait for that. */
    private boolean mayTransfer(Plan<?> plan) {
        return plan.transferred() == 0 || plan.transferred() < mostTransferred || requests.decoding() == 0;
    }

    /** Gives slots to the requests whose turn it is, up to the first one that does not fit. */
    void admit(long now, Plan<?> plan) {
        while (slots.free() > 0 && waiting.mayAdmit() && mayTransfer(plan)) {
            ScheduledRequest<?> first = waiting.next(now);
            if (first == null) {
                return;
            }
            ScheduledRequest<?> request = waiting.longestPrefix(first, slots.cache(), now);
            if (leaders.lead(request, now)) {
                continue;
            }
            if (!slots.fits(request)) {
                if (slots.requests() == 0 && slots.cache().evictions().unpinOne()) {
                    continue; // nothing else can make room
                }
                waiting.block();
                return;
            }
            waiting.remove(request);
            slots.take(request, plan);
            groups.enter(request);
            plan.admit(request);
        }
    }
}
