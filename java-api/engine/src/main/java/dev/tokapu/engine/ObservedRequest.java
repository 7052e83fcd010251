package dev.tokapu.engine;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request as the observers of an engine see it that there were when it was submitted.
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

    /** Runs a task in the contexts of all. */
    void within(Runnable task) {
        Runnable nested = task;
        for (RequestObserver observer : observers.values()) {
            Runnable inner = nested;
            nested = () -> observer.within(inner);
        }
        nested.run();
    }

    /** Who is told of the end: one that came later is told itself. */
    RequestObserver of(EngineObservers.Registration registration) {
        return observers.getOrDefault(registration, registration.observer());
    }
}
