package dev.tokapu.engine.schedule;

/**
 * The part of a plan that saves what has to make room for answers and for the next requests, beside the steps before they come: otherwise
 * a request waits while its room is saved.
 */
final class SavesAhead {

    private static final int REQUESTS = 2;
    private static final long TOKENS = 64; // of each answer
    private static final double NEW_WEIGHT = 1.0 / 8; // of a request

    private final SchedulerConfig config;
    private final SlotTable slots;
    private double missing; // cells, of a request

    SavesAhead(SchedulerConfig config, SlotTable slots) {
        this.config = config;
        this.slots = slots;
    }

    /** A request gets its slots, and so many cells. */
    void admitted(long cells) {
        missing += NEW_WEIGHT * (cells - missing);
    }

    /** Plans a save, if need be, with so many answers that wait for each step. Without any, what a request needs is copied when it comes. */
    void plan(int decoding, Plan<?> plan) {
        if (decoding > 0 && config.caches()) {
            long needed = (long) (REQUESTS * missing) + TOKENS * decoding;
            long most = config.shared() ? config.kvTokens() - needed : Long.MAX_VALUE;
            slots.cache().saves().saveAhead(most, REQUESTS - slots.empties(), plan);
        }
    }
}
