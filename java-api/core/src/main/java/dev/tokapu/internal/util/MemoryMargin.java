package dev.tokapu.internal.util;

/**
 * The part of a memory that stays free by default: kernels allocate more than the buffers of a context while they compute.
 *
 * <p>Thread safety: safe.
 */
public final class MemoryMargin {

    /** 1 GiB. */
    public static final long BYTES = 1L << 30;

    private static final int PART = 8; // of a small memory 1 GiB would leave nothing

    private MemoryMargin() {}

    /** {@return 1 GiB, or an eighth of a memory of fewer than 8 GiB, in bytes} */
    public static long of(long total) {
        return Math.min(BYTES, total / PART);
    }
}
