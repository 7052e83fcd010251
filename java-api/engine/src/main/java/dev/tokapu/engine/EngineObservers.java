package dev.tokapu.engine;

import dev.tokapu.engine.run.EngineExecutors;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener of an engine and its observers, told on threads of their own.
 *
 * <p>Thread safety: safe.
 */
final class EngineObservers {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final EngineListener listener;
    private final EngineExecutors executors;
    private final List<Consumer<FinishedRequest>> observers = new CopyOnWriteArrayList<>();

    EngineObservers(EngineListener listener, EngineExecutors executors) {
        this.listener = listener;
        this.executors = executors;
    }

    /** Something ended. */
    void finished(FinishedRequest request) {
        tell(told -> told.finished(request));
        for (Consumer<FinishedRequest> observer : observers) {
            callback(() -> observer.accept(request));
        }
    }

    /** Shows what ends to the observer until the runnable that it returns is run. */
    Runnable observe(Consumer<FinishedRequest> observer) {
        observers.add(observer);
        return () -> observers.remove(observer);
    }

    @SuppressWarnings("ReferenceEquality") // a listener that is equal to none is still one
    void tell(Consumer<EngineListener> event) {
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
