package dev.tokapu.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Native memory for one array argument. It grows to what is asked for and stays, so that the same call later allocates
 * nothing; what is larger than {@link #KEPT} lives for one call only.
 *
 * <p>The segments handed out may be longer than asked for: C is told the length separately.
 */
final class Buffer {

    /** Bytes that a buffer keeps at most: the logits of half a million tokens. */
    private static final long KEPT = 2L << 20;

    private static final long SMALLEST = 256;

    private MemorySegment kept = MemorySegment.NULL;
    private MemorySegment current = MemorySegment.NULL;
    private @Nullable Arena temporary;

    /**
     * Gives memory of undefined content.
     *
     * @param bytes how much at least
     * @return the memory, valid until {@link #release()}
     */
    @SuppressWarnings("MustBeClosedChecker") // release() closes it
    MemorySegment reserve(long bytes) {
        if (bytes > KEPT) {
            release();
            Arena arena = Arena.ofConfined();
            temporary = arena;
            current = arena.allocate(bytes, 16);
            return current;
        }
        if (kept.byteSize() < bytes || kept.byteSize() == 0) {
            kept = Arena.ofAuto().allocate(Math.max(SMALLEST, Long.highestOneBit(Math.max(1, bytes - 1)) * 2), 16);
        }
        current = kept;
        return current;
    }

    /** Ends the life of memory that is too large to be kept. */
    void release() {
        Arena arena = temporary;
        if (arena != null) {
            temporary = null;
            current = kept;
            arena.close();
        }
    }

    MemorySegment in(byte[] source) {
        return in(source, source.length);
    }

    MemorySegment in(byte[] source, int n) {
        int count = Math.max(0, n);
        MemorySegment target = reserve(count);
        MemorySegment.copy(source, 0, target, ValueLayout.JAVA_BYTE, 0, count);
        return target;
    }

    MemorySegment in(int[] source, int n) {
        int count = Math.max(0, n);
        MemorySegment target = reserve(4L * count);
        MemorySegment.copy(source, 0, target, ValueLayout.JAVA_INT, 0, count);
        return target;
    }

    MemorySegment in(float[] source, int n) {
        int count = Math.max(0, n);
        MemorySegment target = reserve(4L * count);
        MemorySegment.copy(source, 0, target, ValueLayout.JAVA_FLOAT, 0, count);
        return target;
    }

    MemorySegment in(long[] source) {
        return in(source, source.length);
    }

    MemorySegment in(long[] source, int n) {
        int count = Math.max(0, n);
        MemorySegment target = reserve(8L * count);
        MemorySegment.copy(source, 0, target, ValueLayout.JAVA_LONG, 0, count);
        return target;
    }

    MemorySegment in(double[] source) {
        MemorySegment target = reserve(8L * source.length);
        MemorySegment.copy(source, 0, target, ValueLayout.JAVA_DOUBLE, 0, source.length);
        return target;
    }

    void out(byte[] target, int n) {
        MemorySegment.copy(current, ValueLayout.JAVA_BYTE, 0, target, 0, n);
    }

    void out(int[] target, int n) {
        MemorySegment.copy(current, ValueLayout.JAVA_INT, 0, target, 0, n);
    }

    void out(float[] target, int n) {
        MemorySegment.copy(current, ValueLayout.JAVA_FLOAT, 0, target, 0, n);
    }

    void out(long[] target) {
        MemorySegment.copy(current, ValueLayout.JAVA_LONG, 0, target, 0, target.length);
    }

    void out(double[] target) {
        MemorySegment.copy(current, ValueLayout.JAVA_DOUBLE, 0, target, 0, target.length);
    }
}
