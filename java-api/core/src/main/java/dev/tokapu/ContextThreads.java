package dev.tokapu;

import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.threads.ThreadController;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.spi.ContextInfoKey;
import org.jspecify.annotations.Nullable;

/** How many threads compute the batches of a context: as many as it was given, or as a {@link ThreadController} finds. */
final class ContextThreads {

    private static final long PAUSE = 10_000_000_000L; // nanoseconds

    private final NativeHandle handle;
    private @Nullable ThreadController controller;
    private volatile int single;
    private volatile int several;
    private long began;
    private long ended;

    ContextThreads(NativeHandle handle, Model model, ContextOptions options) {
        this.handle = handle;
        read();
        // On a GPU the threads of the CPU have next to nothing to do.
        boolean adapts = options.adaptiveThreads()
                && Math.max(single, several) > 1
                && model.devices().stream().noneMatch(device -> device.type().isGpu());
        controller = adapts ? new ThreadController(single, several) : null;
    }

    private void read() {
        long[] numbers = ContextInfo.read(handle);
        single = (int) numbers[ContextInfoKey.N_THREADS];
        several = (int) numbers[ContextInfoKey.N_THREADS_BATCH];
    }

    /** For a decode of one token. */
    int single() {
        return single;
    }

    /** For a decode of several tokens. */
    int several() {
        return several;
    }

    /** These, from now on. */
    void fix(int threads, int batchThreads) {
        Checks.between("threads", threads, 1, ContextOptions.MAX_THREADS);
        Checks.between("batchThreads", batchThreads, 1, ContextOptions.MAX_THREADS);
        handle.call("setting threads", id -> handle.api().contexts().setThreads(id, threads, batchThreads));
        controller = null;
        read();
    }

    /** Before a batch is computed, with the context acquired. */
    void begin(long id, Batch batch) {
        ThreadController chooser = controller;
        if (chooser == null) {
            return;
        }
        long now = System.nanoTime();
        if (ended != 0 && now - ended > PAUSE) {
            chooser.paused();
        }
        int threads = chooser.threads(batch.size(), batch.outputCount(), batch.context());
        if (threads != single || threads != several) {
            handle.check(handle.api().contexts().setThreads(id, threads, threads), "setting threads");
            single = threads;
            several = threads;
        }
        began = System.nanoTime();
    }

    /** After a batch was computed to its end. */
    void computed() {
        ThreadController chooser = controller;
        if (chooser != null) {
            ended = System.nanoTime();
            chooser.computed(ended - began);
        }
    }
}
