package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.device.Device;
import dev.tokapu.engine.draft.DraftPlanner;
import dev.tokapu.engine.run.AdapterGroups;
import dev.tokapu.engine.run.Commands;
import dev.tokapu.engine.run.DiskPrefixes;
import dev.tokapu.engine.run.EngineConfig;
import dev.tokapu.engine.run.EngineEvents;
import dev.tokapu.engine.run.EngineLoop;
import dev.tokapu.engine.run.EngineMeter;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.Mailbox;
import dev.tokapu.engine.run.Watchdog;
import dev.tokapu.engine.schedule.Scheduler;
import dev.tokapu.engine.schedule.SchedulerConfig;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica of an {@link Engine}: a context, its thread, and what that works with. Its threads know this and not the engine, so that one that is forgotten is found and closed; as
 * long as something is computed for it, the loop knows the engine, too.
 *
 * <p>Thread safety: safe.
 */
final class EngineCore implements TaskCallbacks {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final Duration ABORT_AGAIN = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2); // for what does nothing any more
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(30);

    private final EngineShared shared;
    private final int index;
    private final Model model;
    private final List<Device> devices;
    private final EngineConfig config;
    private final Context context;
    private final SchedulerConfig schedulerConfig;
    private final @Nullable DiskPrefixes disk;
    private final DraftPlanner drafts;
    private final SpeculationSupport speculation;
    private final EngineLoop loop;
    private final Thread thread;
    private final Thread watchdog;
    private final EngineMeter meter = new EngineMeter();
    private final EngineReporter reporter;
    private final ReplicaHealth health;
    private final AdapterGroups adapters = new AdapterGroups();
    private final RequestPreprocessor preprocessor;
    private final WeakReference<Engine> owner;
    private volatile boolean closed;

    EngineCore(Engine owner, EngineShared shared, int index, String name, EngineContexts contexts) {
        ReplicaSpec spec = contexts.spec();
        this.owner = new WeakReference<>(owner);
        this.shared = shared;
        this.index = index;
        this.model = spec.model();
        this.devices = model.devices();
        this.config = spec.config();
        this.context = contexts.context();
        this.drafts = contexts.drafts();
        this.speculation = new SpeculationSupport(context, spec.options(), drafts);
        this.schedulerConfig = config.schedulerConfig();
        this.preprocessor = new RequestPreprocessor(
                model,
                config,
                adapters,
                speculation,
                new EngineParts(model.vocab(), shared.executors, this),
                shared.ids);
        EngineEvents events = EngineEvents.of(name);
        this.reporter = new EngineReporter(name, shared.observers, meter, events);
        this.disk = spec.disk(context, name);
        this.loop = new EngineLoop(
                context, new Scheduler<>(schedulerConfig), adapters, meter, events, config, disk, drafts);
        this.health = new ReplicaHealth(loop, meter);
        this.thread = DaemonThreads.of(name, this::serve);
        this.watchdog = DaemonThreads.of(
                name + "-watchdog", new Watchdog(loop, thread, spec.options().watchdog(), this::hanging, this::look));
        loop.singlePrefill().wakes(watchdog);
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
            boolean last = shared.leaves();
            preprocessor.close();
            closeDisk();
            Throwable failure = meter.failure();
            if (failure != null) {
                reporter.failed(index, last, failure);
            }
            if (last) {
                shared.executors.release();
            }
            LockSupport.unpark(watchdog);
            if (last) {
                shared.observers.engineEnded(); // starts threads, which may fail
            }
        }
    }

    /** When it is not started. */
    void closeDisk() {
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

    /** On the watchdog's thread. */
    private void hanging(Duration since, StackTraceElement[] stack) {
        health.hangs();
        reporter.hanging(since, stack);
        shared.dispatcher.hanging(this);
    }

    /** Hands a further request to the engine's thread. */
    void submitNew(Engine engine, RoutedTask task) {
        meter.submitted.increment();
        submit(engine, task);
    }

    /** Hands a task to the engine's thread. */
    void submit(Engine engine, RoutedTask task) {
        shared.dispatcher.enter(task);
        loop.tell(new Commands.Submit(task, engine));
    }

    /** Whether it computes what it is given. */
    boolean isWell() {
        return health.isWell() && !model.isClosed();
    }

    boolean isOpen() {
        return !closed && meter.failure() == null;
    }

    /** The engine; null when nobody knows it any more. */
    @Nullable
    Engine owner() {
        return owner.get();
    }

    int index() {
        return index;
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
    public boolean claim(RoutedTask task) {
        return shared.dispatcher.claim(task);
    }

    @Override
    public boolean moveOn(RoutedTask task, boolean admitted) {
        return shared.dispatcher.moveOn(task, admitted);
    }

    @Override
    public void ended(RoutedTask task, FinishedRequest request) {
        shared.capacity.giveBack(1);
        reporter.ended(request, task.observed());
        shared.dispatcher.ended(task, request);
    }

    /** Has an observer shown what is kept, until the runnable that it returns is run. */
    Runnable watch(Consumer<PrefixCacheEvent> observer) {
        PrefixCacheObserver told = new PrefixCacheObserver(observer, shared.executors);
        int sequences = config.contextSequences();
        EngineLoop.CacheWatcher watcher = seen -> told.look(new PrefixEntries(seen, sequences).all());
        loop.tell(seen -> seen.watch(watcher));
        return () -> loop.tell(seen -> seen.unwatch(watcher));
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

    /** How it is now. */
    EngineReplica replica() {
        EngineReplica.State state = !isOpen()
                ? EngineReplica.State.ENDED
                : isWell() ? EngineReplica.State.SERVING : EngineReplica.State.SUSPENDED;
        EngineSnapshot snapshot = EngineSnapshot.of(List.of(meter), config.maxSequences(), schedulerConfig.kvTokens());
        return new EngineReplica(index, devices, state, snapshot);
    }

    /** Takes no more requests, and ends when all are done or as soon as possible. */
    void shutDown(Mailbox.Shutdown how) {
        closed = true;
        loop.shutDown(how);
    }

    /** Whether it ends by itself in this time. */
    boolean awaitEnd(Duration most) {
        return Thread.currentThread() != thread && DaemonThreads.join(thread, most); // it would wait for itself
    }

    /** Ends it; false when its thread goes on for now: it is the calling one, or a step hangs. */
    boolean close() {
        shutDown(Mailbox.Shutdown.NOW);
        if (Thread.currentThread() == thread) {
            return false;
        }
        long deadline = System.nanoTime() + LONGEST_CLOSE.toNanos();
        while (!DaemonThreads.join(thread, ABORT_AGAIN)) {
            if (System.nanoTime() > deadline) {
                LOG.error("The engine does not end: a step has hung for {}; it is left alone", LONGEST_CLOSE);
                return false;
            }
            if (!context.isClosed()) {
                context.abort();
            }
            drafts.abort();
        }
        if (Thread.currentThread() != watchdog) {
            DaemonThreads.join(watchdog, LONGEST_WAIT);
        }
        return true;
    }
}
