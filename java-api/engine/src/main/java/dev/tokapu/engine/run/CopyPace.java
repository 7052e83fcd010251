package dev.tokapu.engine.run;

/**
 * How much is copied between two steps that answers wait for: what takes a quarter of a step, as measured; up to three eighths of one where more
 * requests wait for copies than answers generate.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class CopyPace {

    /** Bytes of a part, at least. */
    static final long LEAST = 1 << 20;

    private static final double NEW_WEIGHT = 1.0 / 8;
    private static final double PART_OF_A_STEP = 0.25;
    private static final double LARGEST_PART = 0.375;

    private double partOfAStep = PART_OF_A_STEP;
    private double stepNanos;
    private double savedByteNanos; // of the last parts
    private double restoredByteNanos;
    private long lastPart = LEAST / 2;
    private long spent; // since the last step

    /** So many answers generate, at least one, and so many requests wait for copies. */
    void waiting(int answers, int requests) {
        partOfAStep = Math.max(PART_OF_A_STEP, Math.min(LARGEST_PART, PART_OF_A_STEP * requests / answers));
    }

    /** A copy begins. */
    void begun() {
        lastPart = LEAST / 2;
    }

    /** Copying took so long since the last step. */
    void took(long nanos) {
        spent += nanos;
    }

    /** A part took so long; the last one of a copy may be smaller than it was to be, and does not count. */
    void copied(boolean restores, long bytes, long nanos) {
        double last = (double) nanos / bytes;
        if (restores) {
            restoredByteNanos = Math.max(last, average(restoredByteNanos, last));
        } else {
            savedByteNanos = Math.max(last, average(savedByteNanos, last));
        }
        lastPart = bytes;
    }

    /**
     * The bytes for which there is time before the next step, and at most twice the last part: a new state may be in memory that was never
     * used, which takes ten times as long.
     */
    long part(boolean restores) {
        double time = partOfAStep * stepNanos - spent;
        double byteNanos = restores ? restoredByteNanos : savedByteNanos;
        return byteNanos == 0 ? LEAST : (long) Math.min(time / byteNanos, 2.0 * lastPart);
    }

    void stepBegins() {
        spent = 0;
    }

    /** A step took so long that had answers and no prompts. */
    void stepTook(long nanos) {
        stepNanos = average(stepNanos, (double) nanos);
    }

    /** A mean in which the last value counts an eighth; 0 is none yet. */
    static double average(double before, double value) {
        return before == 0 ? value : before + NEW_WEIGHT * (value - before);
    }
}
