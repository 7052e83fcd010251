package dev.tokapu.internal.schedule;

/** The part of a plan that clears slots and hands them out again. */
final class Admission {

    private final Waiting waiting;
    private final Slots slots;
    private final GroupTurn groups;

    Admission(Waiting waiting, Slots slots, GroupTurn groups) {
        this.waiting = waiting;
        this.slots = slots;
        this.groups = groups;
    }

    /** Clears the slots of what ended. */
    void release(Plan plan) {
        if (slots.hasReleases()) {
            slots.release(plan);
            waiting.unblock();
        }
    }

    /** Gives slots to the jobs whose turn it is, up to the first one that does not fit. */
    void admit(long now, Plan plan) {
        while (slots.free() > 0 && waiting.mayAdmit()) {
            Job job = waiting.next(now);
            if (!slots.fits(job)) {
                waiting.block();
                return;
            }
            waiting.remove(job);
            slots.take(job);
            groups.enter(job);
            job.phase = Phase.PREFILLING;
            plan.admit(job);
        }
    }
}
