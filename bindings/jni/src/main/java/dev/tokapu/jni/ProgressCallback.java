package dev.tokapu.jni;

import dev.tokapu.spi.ProgressListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.FunctionPointer;
import org.bytedeco.javacpp.annotation.Allocator;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.NoDeallocator;
import org.bytedeco.javacpp.annotation.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The C function of type {@code tokapu_progress_callback} that asks the {@link ProgressListener} of the load whose number
 * it is given as user data.
 *
 * <p>There is one for the life of the class: C and JavaCPP know it only weakly.
 */
@Properties(inherit = TokapuPreset.class)
@Allocator(max = 1)
public final class ProgressCallback extends FunctionPointer {

    private static final ProgressCallback INSTANCE = new ProgressCallback();

    private final Map<Long, Load> loads = new ConcurrentHashMap<>();
    private final AtomicLong lastLoad = new AtomicLong();

    private ProgressCallback() {
        allocate();
    }

    @NoDeallocator
    private native void allocate();

    /** A native load function waiting for its two callback arguments. */
    @FunctionalInterface
    interface Loader {
        int load(@Nullable ProgressCallback callback, long userData);
    }

    /**
     * Runs a native load with a listener and throws again what the listener threw.
     *
     * @return the status of the load
     */
    static int listen(@Nullable ProgressListener listener, Loader loader) {
        return listener == null ? loader.load(null, 0) : INSTANCE.run(new Load(listener), loader);
    }

    private int run(Load load, Loader loader) {
        long number = lastLoad.incrementAndGet();
        loads.put(number, load);
        int status;
        try {
            status = loader.load(this, number);
        } finally {
            loads.remove(number);
        }
        if (load.thrown instanceof RuntimeException e) {
            throw e;
        }
        if (load.thrown instanceof Error e) {
            throw e;
        }
        if (load.thrown != null) {
            throw new IllegalStateException("the progress listener threw " + load.thrown, load.thrown);
        }
        return status;
    }

    /**
     * Called by C on the loading thread.
     *
     * @param progress 0.0 to 1.0
     * @param userData the number of the load
     * @return 0 to cancel the load
     */
    public int call(float progress, @Cast("int64_t") long userData) {
        Load load = loads.get(userData);
        return load != null && load.progress(progress) ? 1 : 0;
    }

    /** One load in flight, used by its thread only. */
    private static final class Load {

        private final ProgressListener listener;
        private @Nullable Throwable thrown;

        Load(ProgressListener listener) {
            this.listener = listener;
        }

        boolean progress(float progress) {
            if (thrown != null) {
                return false;
            }
            try {
                return listener.progress(progress);
            } catch (Throwable t) {
                thrown = t;
                return false;
            }
        }
    }
}
