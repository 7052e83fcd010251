package dev.tokapu.engine.run;

/**
 * The size of prompt chunks that is being tried: for two steps, of which the quicker counts, since the first may load kernels or record a graph.
 *
 * <p>Thread safety: confined.
 */
final class ChunkSizeTrial {

    private static final int STEPS = 2;

    private int index;
    private int left; // steps
    private double quickest; // nanoseconds, 0: none yet

    void begin(int size) {
        index = size;
        left = STEPS;
        quickest = 0;
    }

    boolean isOn() {
        return left > 0;
    }

    /** The size, by its place among all. */
    int index() {
        return index;
    }

    /** A step took so many nanoseconds more than without prompts; whether it is the last one. */
    boolean isLast(double nanos) {
        quickest = quickest == 0 ? nanos : Math.min(quickest, nanos);
        left--;
        return left == 0;
    }

    boolean hasResult() {
        return quickest > 0;
    }

    double quickest() {
        return quickest;
    }

    void end() {
        left = 0;
        quickest = 0;
    }
}
