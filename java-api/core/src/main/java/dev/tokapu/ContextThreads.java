package dev.tokapu;

import dev.tokapu.internal.host.IdleProcessors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.threads.ThreadChooser;
import dev.tokapu.internal.threads.ThreadController;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.spi.ContextInfoKey;
import org.jspecify.annotations.Nullable;

/** How many threads compute the batches of a context: as many as it was given, or as a {@link ThreadChooser} chooses. */
final class ContextThreads {

    private static final long PAUSE = 10_000_000_000L; // nanoseconds
    private static final long LOOK = 500_000_000;

    private final NativeHandle handle;
    private final IdleProcessors idle = new IdleProcessors();
    private @Nullable ThreadChooser chooser;
    private volatile int single;
    private volatile int several;
    private long began;
    private long ended;
    private long looked;

    ContextThreads(NativeHandle handle, Model model, ContextOptions options) {
        this.handle = handle;
        long id = handle.acquire();
        try {
            read(id);
        } finally {
            handle.release();
        }
        // With all layers on a GPU the threads of the CPU have next to nothing to do; with some of them they are left
        // as they are, too.
        boolean adapts = options.adaptiveThreads() == AdaptiveThreads.ENABLED
                && Math.max(single, several) > 1
                && model.devices().stream().noneMatch(device -> device.type().isGpu());
        chooser = adapts ? new ThreadController(single, several) : null;
    }

    private void read(long id) {
        long[] numbers = new long[ContextInfoKey.COUNT];
        handle.check(handle.api().contexts().info(id, numbers), "reading the settings");
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
        long id = handle.acquire(); // until all is changed: another thread may decode as soon as it is released
        try {
            handle.check(handle.api().contexts().setThreads(id, threads, batchThreads), "setting threads");
            chooser = null;
            read(id);
        } finally {
            handle.release();
        }
    }

    /** As this one chooses, from now on. */
    void adapt(ThreadChooser value) {
        chooser = value;
    }

    /** Before a batch is computed, with the context acquired. */
    void begin(long id, Batch batch) {
        ThreadChooser chosen = chooser;
        if (chosen == null) {
            return;
        }
        long now = System.nanoTime();
        if (ended != 0 && now - ended > PAUSE) {
            chosen.paused();
        }
        if (chosen.isReduced() && now - looked > LOOK) {
            chosen.idle(idle.sinceLast());
            looked = now;
        }
        int threads = chosen.threads(batch.size(), batch.outputCount(), batch.context());
        if (threads != single || threads != several) {
            handle.check(handle.api().contexts().setThreads(id, threads, threads), "setting threads");
            single = threads;
            several = threads;
        }
        began = System.nanoTime();
    }

    /** After a batch was computed to its end. */
    void computed() {
        ThreadChooser chosen = chooser;
        if (chosen != null) {
            ended = System.nanoTime();
            chosen.computed(ended - began);
        }
    }
}
