package dev.tokapu.engine.schedule;

import org.jspecify.annotations.Nullable;

/** The part of a plan that frees slots and hands them out again. */
final class Admission {

    /** A request waits for no more saves than this, even if there is always something in its way. */
    private static final int MOST_CLEARED = 64;

    /** Requests that begin to wait for others in one step. */
    private static final int MOST_LED = 32;

    private final RequestTable requests;
    private final WaitingQueue waiting;
    private final SlotTable slots;
    private final AdapterRotation groups;
    private final SavesAhead ahead;
    private final PrefixLeaders leaders;
    private final SchedulerConfig config;
    private boolean saving;

    Admission(
            RequestTable requests,
            WaitingQueue waiting,
            SlotTable slots,
            AdapterRotation groups,
            SavesAhead ahead,
            SchedulerConfig config) {
        this.requests = requests;
        this.waiting = waiting;
        this.slots = slots;
        this.groups = groups;
        this.ahead = ahead;
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
        if (slots.hasReleases() || slots.cache().evictions().canBound()) {
            slots.release(plan);
            waiting.unblock();
        }
    }

    /**
     * Gives slots to the requests whose turn it is, up to the first one that does not fit or whose room is still to be saved; what was restored
     * begins.
     */
    void admit(long now, Plan<?> plan) {
        slots.cache().restores().admit(plan);
        int led = 0;
        while (slots.free() > 0 && led < MOST_LED && waiting.mayAdmit()) {
            saving = false;
            ScheduledRequest<?> first = waiting.next(now);
            if (first == null) {
                return;
            }
            ScheduledRequest<?> request = waiting.longestPrefix(first, slots.cache(), now);
            boolean fits = slots.fits(request);
            if (!fits && request != first) {
                request = first;
                fits = slots.fits(first);
            }
            if (leaders.lead(request, now)) {
                led++;
                continue;
            }
            if (!fits) {
                if (slots.requests() == 0 && slots.cache().evictions().unpinOne()) {
                    continue; // nothing else can make room
                }
                waiting.block();
                return;
            }
            saving = !isClear(request, plan);
            if (saving) {
                waiting.block();
                return;
            }
            first.lookup.overtaken += request == first ? 0 : 1;
            waiting.remove(request);
            ahead.admitted(slots.room().missing(request));
            slots.take(request, plan);
            groups.enter(request);
            if (request.isPrefilling()) {
                plan.admit(request);
            }
        }
    }

    /** How many requests wait until the room of the first of them is saved. */
    int awaitingSaves() {
        return saving && slots.free() > 0 ? waiting.size() : 0;
    }

    /** Whether a request gets slots now. If no answers wait, or it has waited for enough saves, what is in the way is copied at once. */
    private boolean isClear(ScheduledRequest<?> request, Plan<?> plan) {
        if (requests.decoding() == 0 || request.lookup.cleared >= MOST_CLEARED) {
            return true;
        }
        int before = plan.operations().size();
        boolean clear = slots.isClear(request, plan);
        request.lookup.cleared += plan.operations().size() - before;
        return clear;
    }
}
