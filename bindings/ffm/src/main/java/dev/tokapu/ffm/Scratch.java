package dev.tokapu.ffm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.Status;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The native memory of one downcall: buffers for arrays, two cells for out-parameters.
 *
 * <p>Taken from a pool and given back by {@link #close()}, so there are as many as calls run at the same time, also with many
 * virtual threads and with calls made inside a callback. Taking, using and giving back allocate nothing on the Java heap once
 * the buffers have grown.
 */
final class Scratch implements AutoCloseable {

    private static final int SLOTS = 64;
    private static final AtomicReferenceArray<Scratch> POOL = new AtomicReferenceArray<>(SLOTS);

    final Buffer a = new Buffer();
    final Buffer b = new Buffer();
    final Buffer c = new Buffer();
    final Buffer d = new Buffer();
    final Buffer e = new Buffer();
    final Buffer f = new Buffer();

    private final MemorySegment result = Arena.ofAuto().allocate(8, 8);
    private final MemorySegment secondResult = Arena.ofAuto().allocate(8, 8);

    private Scratch() {}

    static Scratch take() {
        int start = (int) Thread.currentThread().threadId();
        for (int i = 0; i < SLOTS; i++) {
            int slot = (start + i) & (SLOTS - 1);
            Scratch scratch = POOL.get(slot);
            if (scratch != null && POOL.compareAndSet(slot, scratch, null)) {
                return scratch;
            }
        }
        return new Scratch();
    }

    @Override
    public void close() {
        a.release();
        b.release();
        c.release();
        d.release();
        e.release();
        f.release();
        int start = (int) Thread.currentThread().threadId();
        for (int i = 0; i < SLOTS; i++) {
            if (POOL.compareAndSet((start + i) & (SLOTS - 1), null, this)) {
                return;
            }
        }
    }

    // --- out-parameters: a cell before the call, its value afterwards

    MemorySegment cell(int[] target) {
        ArrayChecks.out(target);
        return clearedResult();
    }

    MemorySegment cell(long[] target) {
        ArrayChecks.out(target);
        return clearedResult();
    }

    MemorySegment cell(float[] target) {
        ArrayChecks.out(target);
        return clearedResult();
    }

    MemorySegment secondCell(int[] target) {
        ArrayChecks.out(target);
        secondResult.set(JAVA_LONG, 0, 0);
        return secondResult;
    }

    private MemorySegment clearedResult() {
        result.set(JAVA_LONG, 0, 0);
        return result;
    }

    int result() {
        return result.get(JAVA_INT, 0);
    }

    long longResult() {
        return result.get(JAVA_LONG, 0);
    }

    int intTo(int status, int[] target) {
        if (status == Status.OK) {
            target[0] = result();
        }
        return status;
    }

    int longTo(int status, long[] target) {
        if (status == Status.OK) {
            target[0] = longResult();
        }
        return status;
    }

    int floatTo(int status, float[] target) {
        if (status == Status.OK) {
            target[0] = result.get(JAVA_FLOAT, 0);
        }
        return status;
    }

    int intsTo(int status, int[] first, int[] second) {
        if (status == Status.OK) {
            first[0] = result();
            second[0] = secondResult.get(JAVA_INT, 0);
        }
        return status;
    }

    // --- out-parameters with a length in the first cell; the array is buffer a

    int textTo(int status, byte[] target, int[] length) {
        if (status == Status.OK) {
            length[0] = result();
            a.out(target, Math.min(length[0], target.length));
        } else if (status == Status.ERROR_BUFFER) {
            length[0] = result();
        }
        return status;
    }

    int tokensTo(int status, int[] target, int[] n) {
        if (status == Status.OK) {
            n[0] = result();
            a.out(target, Math.min(n[0], target.length));
        } else if (status == Status.ERROR_BUFFER) {
            n[0] = result();
        }
        return status;
    }

    int floatsTo(int status, float[] target, int[] n) {
        if (status == Status.OK) {
            n[0] = result();
            a.out(target, Math.min(n[0], target.length));
        } else if (status == Status.ERROR_BUFFER) {
            n[0] = result();
        }
        return status;
    }

    int longsTo(int status, long[] target) {
        if (status == Status.OK) {
            a.out(target);
        }
        return status;
    }
}
