package dev.tokapu.engine.schedule;

/** The part of a plan that clears slots and hands them out again. */
final class Admission {

    private final WaitingQueue waiting;
    private final SlotTable slots;
    private final AdapterRotation groups;

    Admission(WaitingQueue waiting, SlotTable slots, AdapterRotation groups) {
        this.waiting = waiting;
        this.slots = slots;
        this.groups = groups;
    }

    /** Clears the slots of what ended. */
    void release(Plan<?> plan) {
        if (slots.hasReleases()) {
            slots.release(plan);
            waiting.unblock();
        }
    }

    /** Gives slots to the requests whose turn it is, up to the first one that does not fit. */
    void admit(long now, Plan<?> plan) {
        while (slots.free() > 0 && waiting.mayAdmit()) {
            ScheduledRequest<?> request = waiting.next(now);
            if (!slots.fits(request)) {
                waiting.block();
                return;
            }
            waiting.remove(request);
            slots.take(request);
            groups.enter(request);
            request.phase = Phase.PREFILLING;
            plan.admit(request);
        }
    }
}
