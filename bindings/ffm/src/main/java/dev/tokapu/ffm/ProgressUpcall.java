package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.tokapu_progress_callback;
import dev.tokapu.spi.ProgressListener;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The way of load progress from C to the {@link ProgressListener} of one load, which the {@code user_data} identifies. What
 * the listener throws cancels the load and is kept.
 */
final class ProgressUpcall implements AutoCloseable {

    private static final Map<Long, ProgressUpcall> RUNNING = new ConcurrentHashMap<>();
    private static final AtomicLong LAST_ID = new AtomicLong();

    private final long id = LAST_ID.incrementAndGet();
    private final @Nullable ProgressListener listener;
    private volatile @Nullable Throwable thrown;

    ProgressUpcall(@Nullable ProgressListener listener) {
        this.listener = listener;
        if (listener != null) {
            RUNNING.put(id, this);
        }
    }

    /** Created when the first load has a listener. */
    private static final class Stub {
        static final MemorySegment ADDRESS =
                WeakUpcall.stub(ProgressUpcall.class, "progress", tokapu_progress_callback.descriptor());
    }

    MemorySegment callback() {
        return listener == null ? MemorySegment.NULL : Stub.ADDRESS;
    }

    long userData() {
        return id;
    }

    /** Whether the listener threw something. */
    boolean hasThrown() {
        return thrown != null;
    }

    /** Throws what the listener threw as it is, also when it is a checked exception. */
    void rethrow() {
        if (thrown != null) {
            throw ProgressUpcall.<RuntimeException>unchecked(thrown);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException unchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Override
    public void close() {
        RUNNING.remove(id);
    }

    static int progress(float progress, long id) {
        ProgressUpcall running = RUNNING.get(id);
        return running == null || running.report(progress) ? 1 : 0;
    }

    private boolean report(float progress) {
        ProgressListener current = listener;
        if (current == null) {
            return true;
        }
        if (thrown != null) {
            return false;
        }
        try {
            return current.progress(progress);
        } catch (Throwable t) {
            thrown = t;
            return false;
        }
    }
}
