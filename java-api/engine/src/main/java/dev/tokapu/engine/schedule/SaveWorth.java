package dev.tokapu.engine.schedule;

/**
 * Whether what is evicted is worth a copy to host memory: as long as enough of what was saved is restored.
 *
 * <p>On a GPU a copy may take a good part of the time that computing takes, and answers wait for both.
 */
final class SaveWorth {

    private static final double NEW_WEIGHT = 1.0 / 32;
    private static final int EXPLORED =
            8; // one of so many is saved where it does not pay, so that a change of the load is noticed

    private double restoredPart = 1; // of what is saved, counted as often as it is restored
    private double needed;
    private int skipped;

    /** Sets how much of what is saved has to be restored; 0 unless it is set. */
    void needed(double part) {
        needed = part;
    }

    /** Something was saved. */
    void saved() {
        restoredPart -= NEW_WEIGHT * restoredPart;
    }

    /** So much of something saved was restored, 0 to 1. */
    void restored(double part) {
        restoredPart += NEW_WEIGHT * part;
    }

    /** Whether the next one is to be saved. */
    boolean savesNext() {
        if (restoredPart >= needed) {
            return true;
        }
        skipped = (skipped + 1) % EXPLORED;
        return skipped == 0;
    }
}
