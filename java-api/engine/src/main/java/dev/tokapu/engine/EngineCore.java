package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.engine.schedule.Scheduler;
import dev.tokapu.engine.schedule.SchedulerConfig;
import dev.tokapu.internal.util.Durations;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
    private final EngineConfig config;
    private final Context context;
    private final SchedulerConfig schedulerConfig;
    private final EngineLoop loop;
    private final Thread thread;
    private final Thread watchdog;
    private final EngineExecutors executors;
    private final EngineMeter meter = new EngineMeter();
    private final EngineEvents events;
    private final AdapterGroups adapters = new AdapterGroups();
    private final List<Consumer<FinishedRequest>> observers = new CopyOnWriteArrayList<>();
    private final CapacityLimiter capacity;
    private final RequestPreprocessor preprocessor;
    private final WeakReference<Engine> owner;
    private volatile boolean closed;

    EngineCore(Engine owner, Model model, EngineConfig config, Context context) {
        this.owner = new WeakReference<>(owner);
        this.model = model;
        this.config = config;
        this.context = context;
        this.schedulerConfig = config.schedulerConfig(model);
        String name = "tokapu-engine-" + COUNT.incrementAndGet();
        this.executors = new EngineExecutors(name, config.maxSequences());
        this.capacity = new CapacityLimiter(config, meter);
        this.preprocessor =
                new RequestPreprocessor(model, config, adapters, new EngineParts(model.vocab(), executors, this));
        this.events = EngineEvents.of(name);
        this.loop = new EngineLoop(
                context, new Scheduler(schedulerConfig), config.chunkSizes(), meter, events, adapters, config);
        this.thread = daemon(name, this::serve);
        this.watchdog = daemon(
                name + "-watchdog", new Watchdog(loop, thread, config.options().watchdog(), this::hanging, this::look));
        loop.lone().wakes(watchdog);
    }

    /** Once, when all is ready. */
    void start() {
        thread.start();
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
            Throwable failure = meter.failure;
            if (failure != null) {
                LOG.error("The engine failed and serves nothing more", failure);
                tell(listener -> listener.failed(failure));
            }
            executors.release();
            LockSupport.unpark(watchdog);
        }
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
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

    /**
     * Reserves capacity, makes the task and hands it to the engine's thread. The maker renders and tokenizes prompts, so a rejected
     * request costs nothing.
     */
    <W extends EngineTask> W enter(Engine engine, int wanted, Supplier<W> maker) {
        capacity.take(wanted);
        boolean submitted = false;
        try {
            W work = maker.get();
            meter.submitted.increment();
            loop.tell(new EngineLoop.Submit(work, engine));
            submitted = true;
            return work;
        } finally {
            if (!submitted) {
                capacity.giveBack(wanted);
            }
        }
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        Throwable failure = meter.failure;
        if (failure != null) {
            throw new IllegalStateException(
                    "the engine has failed: " + failure.getMessage() + "; start another one", failure);
        }
    }

    boolean isOpen() {
        return !closed && meter.failure == null;
    }

    private void hanging(Duration since, StackTraceElement[] stack) {
        meter.hangs.increment();
        events.hangs(since, stack);
        tell(listener -> listener.hanging(since, stack));
    }

    @SuppressWarnings("ReferenceEquality") // a listener that is equal to none is still one
    private void tell(Consumer<EngineListener> event) {
        EngineListener listener = config.options().listener();
        if (listener != EngineListener.NONE) {
            callback(() -> event.accept(listener));
        }
    }

    private void callback(Runnable task) {
        executors.tell(() -> {
            try {
                task.run();
            } catch (Throwable e) { // a listener in Kotlin may throw anything
                LOG.warn("A listener of the engine failed", e);
            }
        });
    }

    @Override
    public void cancel(EngineTask work, int branch) {
        loop.tell(new EngineLoop.Cancel(work, branch));
        if (work.scheduled().branches() == 1) {
            loop.lone().abort(work.scheduled());
        }
    }

    @Override
    public void ended(FinishedRequest request) {
        capacity.giveBack(1);
        meter.ended(request);
        events.requestEnds(request);
        tell(listener -> listener.finished(request));
        for (Consumer<FinishedRequest> observer : observers) {
            callback(() -> observer.accept(request));
        }
    }

    /** Shows what ended to the observer, on a thread for callbacks, until the runnable that it returns is run. */
    Runnable observe(Consumer<FinishedRequest> observer) {
        observers.add(observer);
        return () -> observers.remove(observer);
    }

    Model model() {
        return model;
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
        return meter.snapshot(config.maxSequences(), schedulerConfig.kvTokens());
    }

    boolean drain(Duration most) {
        closed = true;
        loop.shutDown(EngineLoop.Shutdown.DRAIN);
        boolean drained = Thread.currentThread() != thread && join(thread, most); // it would wait for itself
        close();
        return drained;
    }

    void close() {
        closed = true;
        loop.shutDown(EngineLoop.Shutdown.NOW);
        if (Thread.currentThread() == thread) {
            return;
        }
        long deadline = System.nanoTime() + LONGEST_CLOSE.toNanos();
        while (!join(thread, ABORT_AGAIN)) {
            if (System.nanoTime() > deadline) {
                LOG.error("The engine does not end: a step has hung for {}; it is left alone", LONGEST_CLOSE);
                return;
            }
            if (!context.isClosed()) {
                context.abort();
            }
        }
        if (Thread.currentThread() != watchdog) {
            join(watchdog, LONGEST_WAIT);
        }
        executors.close();
    }

    private static boolean join(Thread thread, Duration most) {
        boolean interrupted = false;
        long start = System.nanoTime();
        long nanos = Durations.of(most);
        try {
            while (thread.isAlive()) {
                long left = nanos - (System.nanoTime() - start);
                if (left <= 0) {
                    return false;
                }
                try {
                    thread.join(Math.max(1, left / 1_000_000));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
