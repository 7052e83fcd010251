package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.internal.Nanos;
import dev.tokapu.internal.schedule.Limits;
import dev.tokapu.internal.schedule.Scheduler;
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
final class EngineCore implements EngineControl {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Duration ABORT_AGAIN = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2); // for what does nothing any more
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(30);

    private final Model model;
    private final EngineSetup setup;
    private final Context context;
    private final Limits limits;
    private final EngineLoop loop;
    private final Thread thread;
    private final Thread watchdog;
    private final TextStage stage;
    private final EngineMeter meter = new EngineMeter();
    private final EngineEvents events;
    private final Adapters adapters = new Adapters();
    private final List<Consumer<FinishedRequest>> observers = new CopyOnWriteArrayList<>();
    private final Places places;
    private final Intake intake;
    private final WeakReference<Engine> owner;
    private volatile boolean closed;

    EngineCore(Engine owner, Model model, EngineSetup setup, Context context) {
        this.owner = new WeakReference<>(owner);
        this.model = model;
        this.setup = setup;
        this.context = context;
        this.limits = setup.limits(model);
        String name = "tokapu-engine-" + COUNT.incrementAndGet();
        this.stage = new TextStage(name, setup.maxSequences());
        this.places = new Places(setup, meter);
        this.intake = new Intake(model, setup, adapters, new EngineParts(model.vocab(), stage, this));
        this.events = EngineEvents.of(name);
        this.loop = new EngineLoop(context, new Scheduler(limits), setup.pacer(), meter, events, adapters, setup);
        this.thread = daemon(name, this::serve);
        this.watchdog = daemon(
                name + "-watchdog", new Watchdog(loop, thread, setup.options().watchdog(), this::hanging, this::look));
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
            intake.close();
            Throwable failure = meter.failure;
            if (failure != null) {
                LOG.error("The engine failed and serves nothing more", failure);
                tell(listener -> listener.failed(failure));
            }
            stage.release();
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
     * Makes something of a request when there is room, and hands it to the engine's thread. Whoever finds no room has done no
     * work for it: prompts are rendered and tokenized by the maker.
     */
    <W extends Work> W enter(Engine engine, int wanted, Supplier<W> maker) {
        places.take(wanted);
        boolean submitted = false;
        try {
            W work = maker.get();
            meter.submitted.increment();
            loop.tell(new EngineLoop.Submit(work, engine));
            submitted = true;
            return work;
        } finally {
            if (!submitted) {
                places.giveBack(wanted);
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
        EngineListener listener = setup.options().listener();
        if (listener != EngineListener.NONE) {
            callback(() -> event.accept(listener));
        }
    }

    private void callback(Runnable task) {
        stage.tell(() -> {
            try {
                task.run();
            } catch (Throwable e) { // a listener in Kotlin may throw anything
                LOG.warn("A listener of the engine failed", e);
            }
        });
    }

    @Override
    public void cancel(Work work, int branch) {
        loop.tell(new EngineLoop.Cancel(work, branch));
        if (work.job().branches() == 1) {
            loop.lone().abort(work.job());
        }
    }

    @Override
    public void ended(FinishedRequest request) {
        places.giveBack(1);
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

    EngineSetup setup() {
        return setup;
    }

    Limits limits() {
        return limits;
    }

    EngineMeter meter() {
        return meter;
    }

    Intake intake() {
        return intake;
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

    Adapters adapters() {
        return adapters;
    }

    EngineSnapshot snapshot() {
        return meter.snapshot(setup.maxSequences(), limits.kvTokens());
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
        stage.close();
    }

    private static boolean join(Thread thread, Duration most) {
        boolean interrupted = false;
        long start = System.nanoTime();
        long nanos = Nanos.of(most);
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
