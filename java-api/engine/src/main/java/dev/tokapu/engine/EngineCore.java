package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.SequenceState;
import dev.tokapu.engine.draft.DraftRunner;
import dev.tokapu.engine.run.AdapterGroups;
import dev.tokapu.engine.run.Commands;
import dev.tokapu.engine.run.DiskPrefixes;
import dev.tokapu.engine.run.EngineConfig;
import dev.tokapu.engine.run.EngineEvents;
import dev.tokapu.engine.run.EngineExecutors;
import dev.tokapu.engine.run.EngineLoop;
import dev.tokapu.engine.run.EngineMeter;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.Mailbox;
import dev.tokapu.engine.run.Watchdog;
import dev.tokapu.engine.schedule.Scheduler;
import dev.tokapu.engine.schedule.SchedulerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an {@link Engine} consists of. Its threads know this and not the engine, so that one that is forgotten is found and closed; as
 * long as something is computed for it, the loop knows the engine, too.
 *
 * <p>Thread safety: safe.
 */
final class EngineCore implements TaskCallbacks {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Duration ABORT_AGAIN = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2); // for what does nothing any more
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(30);

    private final Model model;
    private final EngineOptions options;
    private final EngineConfig config;
    private final Context context;
    private final SchedulerConfig schedulerConfig;
    private final @Nullable DiskPrefixes disk;
    private final @Nullable DraftRunner drafts;
    private final SpeculationSupport speculation;
    private final EngineLoop loop;
    private final Thread thread;
    private final Thread watchdog;
    private final EngineExecutors executors;
    private final EngineMeter meter = new EngineMeter();
    private final EngineReporter reporter;
    private final AdapterGroups adapters = new AdapterGroups();
    private final CapacityLimiter capacity;
    private final RequestPreprocessor preprocessor;
    private final WeakReference<Engine> owner;
    private volatile boolean closed;

    EngineCore(Engine owner, Model model, EngineOptions options, EngineConfig config, EngineContexts contexts) {
        this.owner = new WeakReference<>(owner);
        this.model = model;
        this.options = options;
        this.config = config;
        this.context = contexts.context();
        this.drafts = contexts.drafts();
        this.speculation = new SpeculationSupport(context, options, drafts);
        this.schedulerConfig = config.schedulerConfig();
        String name = "tokapu-engine-" + COUNT.incrementAndGet();
        this.executors = new EngineExecutors(name, config.maxSequences());
        this.capacity = new CapacityLimiter(config, meter);
        EngineParts parts = new EngineParts(model.vocab(), executors, this);
        this.preprocessor =
                new RequestPreprocessor(model, options.chatTemplate(), config, adapters, speculation, parts);
        EngineEvents events = EngineEvents.of(name);
        this.reporter = new EngineReporter(options.listener(), meter, events, executors);
        this.disk = disk(name);
        this.loop = new EngineLoop(
                context, new Scheduler<>(schedulerConfig), adapters, meter, events, config, disk, drafts);
        this.thread = DaemonThreads.of(name, this::serve);
        this.watchdog = DaemonThreads.of(
                name + "-watchdog", new Watchdog(loop, thread, options.watchdog(), reporter::hanging, this::look));
        loop.singlePrefill().wakes(watchdog);
    }

    private @Nullable DiskPrefixes disk(String name) {
        PrefixCacheOptions cache = options.prefixCache();
        Path directory = cache.directory();
        if (directory == null || !config.caches()) {
            return null;
        }
        try {
            return DiskPrefixes.open(directory, cache.diskBytes(), SequenceState.key(context), config, name);
        } catch (IOException e) {
            throw new UncheckedIOException("the prefix cache cannot use " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Once, when all is ready. */
    void start() {
        try {
            thread.start();
        } catch (Throwable e) {
            closeDisk();
            throw e;
        }
        try {
            watchdog.start();
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    private void serve() {
        try {
            loop.run();
        } finally {
            preprocessor.close();
            closeDisk();
            Throwable failure = meter.failure();
            if (failure != null) {
                reporter.failed(failure);
            }
            executors.release();
            LockSupport.unpark(watchdog);
        }
    }

    private void closeDisk() {
        if (disk != null) {
            disk.close();
        }
    }

    /** On the watchdog's thread, now and then: nobody can close an engine that nobody knows. */
    private void look() {
        if (owner.refersTo(null) && !closed) {
            LOG.warn(
                    "An engine of {} was never closed; it is closed now. Use try-with-resources, or keep a reference to it",
                    model);
            close();
        }
    }

    /** Room for the answers of a request. */
    CapacityLimiter.Reservation reserve(int answers) {
        return capacity.reserve(answers);
    }

    /** Hands a task to the engine's thread. */
    void submit(Engine engine, EngineTask task, CapacityLimiter.Reservation reservation) {
        meter.submitted.increment();
        loop.tell(new Commands.Submit(task, engine));
        reservation.keep();
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        Throwable failure = meter.failure();
        if (failure != null) {
            throw new IllegalStateException(
                    "the engine has failed: " + failure.getMessage() + "; start another one", failure);
        }
    }

    boolean isOpen() {
        return !closed && meter.failure() == null;
    }

    @Override
    public void cancel(EngineTask task, int branch) {
        loop.cancel(task, branch);
    }

    @Override
    public void pause(EngineTask task, int branch, boolean paused) {
        loop.tell(new Commands.Pause(task, branch, paused));
    }

    @Override
    public void ended(FinishedRequest request) {
        capacity.giveBack(1);
        reporter.ended(request);
    }

    PrefixCacheObserver cacheObserver(Consumer<PrefixCacheEvent> observer) {
        return new PrefixCacheObserver(observer, executors);
    }

    Runnable observe(Consumer<FinishedRequest> observer) {
        return reporter.observe(observer);
    }

    Model model() {
        return model;
    }

    EngineOptions options() {
        return options;
    }

    EngineConfig config() {
        return config;
    }

    SchedulerConfig schedulerConfig() {
        return schedulerConfig;
    }

    EngineMeter meter() {
        return meter;
    }

    SpeculationSupport speculation() {
        return speculation;
    }

    RequestPreprocessor preprocessor() {
        return preprocessor;
    }

    Context context() {
        return context;
    }

    EngineLoop loop() {
        return loop;
    }

    Thread thread() {
        return thread;
    }

    AdapterGroups adapters() {
        return adapters;
    }

    EngineSnapshot snapshot() {
        return EngineSnapshot.of(meter, config.maxSequences(), schedulerConfig.kvTokens());
    }

    boolean drain(Duration most) {
        closed = true;
        loop.shutDown(Mailbox.Shutdown.DRAIN);
        boolean drained =
                Thread.currentThread() != thread && DaemonThreads.join(thread, most); // it would wait for itself
        close();
        return drained;
    }

    void close() {
        closed = true;
        loop.shutDown(Mailbox.Shutdown.NOW);
        if (Thread.currentThread() == thread) {
            return;
        }
        long deadline = System.nanoTime() + LONGEST_CLOSE.toNanos();
        while (!DaemonThreads.join(thread, ABORT_AGAIN)) {
            if (System.nanoTime() > deadline) {
                LOG.error("The engine does not end: a step has hung for {}; it is left alone", LONGEST_CLOSE);
                return;
            }
            if (!context.isClosed()) {
                context.abort();
            }
            if (drafts != null) {
                drafts.abort();
            }
        }
        if (Thread.currentThread() != watchdog) {
            DaemonThreads.join(watchdog, LONGEST_WAIT);
        }
        executors.close();
    }
}
