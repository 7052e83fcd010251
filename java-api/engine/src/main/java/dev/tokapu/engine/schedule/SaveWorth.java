package dev.tokapu.engine.schedule;

/**
 * Whether what is evicted is worth a copy to host memory: as long as requests begin with enough of it later, saved or not.
 *
 * <p>On a GPU a copy may take a good part of the time that computing takes, and answers wait for both.
 */
final class SaveWorth {

    private static final double NEW_WEIGHT = 1.0 / 24;
    private static final int MEASURED =
            64; // one of so many is saved where it does not pay: what copies take may change

    private double usedPart = 1; // of what is evicted, counted as often as a request begins with it
    private double needed;
    private int skipped;

    /** Sets how much of what is saved has to be used; 0 unless it is set. */
    void needed(double part) {
        needed = part;
    }

    /** Something was evicted. */
    void evicted() {
        usedPart -= NEW_WEIGHT * usedPart;
    }

    /** A request begins with so much of something that was evicted, 0 to 1. */
    void used(double part) {
        usedPart += NEW_WEIGHT * part;
    }

    /** Whether saving pays, as far as is known. */
    boolean pays() {
        return usedPart >= needed;
    }

    /** Whether the next one is to be saved; asked any number of times. */
    boolean wouldSave() {
        return pays() || skipped + 1 == MEASURED;
    }

    /** Whether the next one is to be saved. */
    boolean savesNext() {
        boolean saves = wouldSave();
        if (!pays()) {
            skipped = (skipped + 1) % MEASURED;
        }
        return saves;
    }
}
