package dev.tokapu.engine;

import dev.tokapu.engine.run.EngineEvents;
import dev.tokapu.engine.run.EngineExecutors;
import dev.tokapu.engine.run.EngineMeter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what happens and tells the listener, observers and Flight Recorder; users' code is run on threads of its own.
 *
 * <p>Thread safety: safe.
 */
final class EngineReporter {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final EngineListener listener;
    private final EngineMeter meter;
    private final EngineEvents events;
    private final EngineExecutors executors;
    private final List<Consumer<FinishedRequest>> observers = new CopyOnWriteArrayList<>();

    EngineReporter(EngineListener listener, EngineMeter meter, EngineEvents events, EngineExecutors executors) {
        this.listener = listener;
        this.meter = meter;
        this.events = events;
        this.executors = executors;
    }

    /** An answer, a score or an embedding ended. */
    void ended(FinishedRequest request) {
        counter(request.outcome()).increment();
        meter.endToEnd.record(request.timings().total().toNanos());
        events.requestEnds(request.event());
        tell(told -> told.finished(request));
        for (Consumer<FinishedRequest> observer : observers) {
            callback(() -> observer.accept(request));
        }
    }

    private LongAdder counter(FinishedRequest.Outcome outcome) {
        return switch (outcome) {
            case COMPLETED -> meter.completed;
            case CANCELLED -> meter.cancelled;
            case EXPIRED -> meter.expired;
            case FAILED -> meter.failed;
        };
    }

    /** A step takes too long. */
    void hanging(Duration since, StackTraceElement[] stack) {
        meter.hangs.increment();
        events.hangs(since, stack);
        tell(told -> told.hanging(since, stack));
    }

    /** The engine serves nothing more. */
    void failed(Throwable failure) {
        LOG.error("The engine failed and serves nothing more", failure);
        tell(told -> told.failed(failure));
    }

    /** Shows what ends to the observer until the runnable that it returns is run. */
    Runnable observe(Consumer<FinishedRequest> observer) {
        observers.add(observer);
        return () -> observers.remove(observer);
    }

    @SuppressWarnings("ReferenceEquality") // a listener that is equal to none is still one
    private void tell(Consumer<EngineListener> event) {
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
}
