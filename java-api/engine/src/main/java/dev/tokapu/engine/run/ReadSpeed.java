package dev.tokapu.engine.run;

/**
 * How fast files come into host memory, from the last one: on a fast GPU a prompt may be computed sooner.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class ReadSpeed {

    private static final double REMEMBERED = 0.9;

    private double byteNanos; // 0 when it is not known

    /** A file was read, from asking for it on. */
    void read(long bytes, long nanos) {
        byteNanos = (double) nanos / bytes;
    }

    /**
     * Whether reading so much takes longer than something else. Each time that it does makes it a little less likely to do so the next time:
     * the disk may have become faster.
     */
    boolean isSlower(long bytes, double nanos) {
        boolean slower = nanos > 0 && bytes * byteNanos > nanos;
        byteNanos *= slower ? REMEMBERED : 1;
        return slower;
    }
}
