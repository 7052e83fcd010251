package dev.tokapu.engine;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request as seen by the observers that the engine had when it was submitted.
 *
 * <p>Thread safety: immutable; observers are safe.
 *
 * @param observers what each of them made of the request
 */
record ObservedRequest(Map<EngineObservers.Registration, RequestObserver> observers) {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    /** Where nobody looks. */
    static final ObservedRequest UNSEEN = new ObservedRequest(Map.of());

    /** The submitting thread gets this instead of an answer. */
    void refused(Throwable failure) {
        for (RequestObserver observer : observers.values()) {
            try {
                observer.refused(failure);
            } catch (Throwable e) { // an observer in Kotlin may throw anything
                LOG.warn("An observer of the engine failed", e);
            }
        }
    }

    /** Runs a task in the contexts of all; without that of one that fails. */
    void within(Runnable task) {
        Runnable nested = task;
        for (RequestObserver observer : observers.values()) {
            Runnable inner = nested;
            nested = () -> within(observer, inner);
        }
        nested.run();
    }

    private static void within(RequestObserver observer, Runnable task) {
        AtomicBoolean begun = new AtomicBoolean();
        Runnable once = () -> {
            if (begun.compareAndSet(false, true)) {
                task.run();
            }
        };
        try {
            observer.within(once);
        } catch (Throwable e) { // an observer in Kotlin may throw anything
            LOG.warn("An observer of the engine failed", e);
        }
        once.run();
    }

    /** Who is told of the end: one that came later is told itself. */
    RequestObserver of(EngineObservers.Registration registration) {
        return observers.getOrDefault(registration, registration.observer());
    }
}
