package dev.tokapu.engine;

import dev.tokapu.engine.run.EngineExecutors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener of an engine and its observers, told of ends on threads of their own.
 *
 * <p>Thread safety: safe.
 */
final class EngineObservers {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final EngineListener listener;
    private final EngineExecutors executors;
    private final List<Registration> registrations = new CopyOnWriteArrayList<>();
    private boolean ended; // guarded by this

    EngineObservers(EngineListener listener, EngineExecutors executors) {
        this.listener = listener;
        this.executors = executors;
    }

    /** An observer, each time that it is added. */
    static final class Registration {

        private final RequestObserver observer;

        private Registration(RequestObserver observer) {
            this.observer = observer;
        }

        RequestObserver observer() {
            return observer;
        }
    }

    /** Shows a request to the observers, on the thread that submits it. */
    ObservedRequest submitting(SubmittedRequest request) {
        if (registrations.isEmpty()) {
            return ObservedRequest.UNSEEN;
        }
        Map<Registration, RequestObserver> seen = new LinkedHashMap<>();
        for (Registration registration : registrations) {
            try {
                seen.put(registration, registration.observer().submitting(request));
            } catch (Throwable e) { // an observer in Kotlin may throw anything
                LOG.warn("An observer of the engine failed", e);
            }
        }
        return new ObservedRequest(seen);
    }

    /** Something ended. */
    void finished(FinishedRequest request, ObservedRequest observed) {
        if (hasListener()) {
            callback(() -> observed.within(() -> listener.finished(request)));
        }
        for (Registration registration : registrations) {
            callback(() -> observed.within(() -> observed.of(registration).finished(request)));
        }
    }

    /** Shows requests to the observer until the runnable that it returns is run. */
    synchronized Runnable observe(RequestObserver observer) {
        Registration registration = new Registration(observer);
        registrations.add(registration);
        if (ended) {
            callback(observer::engineEnded);
        }
        return () -> registrations.remove(registration);
    }

    /** The engine takes no more requests. Called once. */
    synchronized void engineEnded() {
        ended = true;
        registrations.forEach(registration -> callback(registration.observer()::engineEnded));
    }

    void tell(Consumer<EngineListener> event) {
        if (hasListener()) {
            callback(() -> event.accept(listener));
        }
    }

    @SuppressWarnings("ReferenceEquality") // a listener that is equal to none is still one
    private boolean hasListener() {
        return listener != EngineListener.NONE;
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
