package dev.tokapu.engine;

import dev.tokapu.engine.run.EngineEvents;
import dev.tokapu.engine.run.EngineMeter;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what happens to a replica and tells observers and Flight Recorder.
 *
 * <p>Thread safety: safe.
 */
final class EngineReporter {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final String name;
    private final EngineObservers observers;
    private final EngineMeter meter;
    private final EngineEvents events;

    EngineReporter(String name, EngineObservers observers, EngineMeter meter, EngineEvents events) {
        this.name = name;
        this.observers = observers;
        this.meter = meter;
        this.events = events;
    }

    /** An answer, a score or an embedding ended. */
    void ended(FinishedRequest request, ObservedRequest observed) {
        counter(request.outcome()).increment();
        meter.endToEnd.record(request.timings().total().toNanos());
        events.requestEnds(request.event());
        observers.finished(request, observed);
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
        observers.tell(told -> told.hanging(since, stack));
    }

    /** The replica serves nothing more; others may. */
    void failed(int index, boolean last, Throwable failure) {
        if (last) {
            LOG.error("The engine failed and serves nothing more", failure);
            observers.tell(told -> told.failed(failure));
        } else {
            LOG.error("{} failed and serves nothing more; the engine goes on without it", name, failure);
            observers.tell(told -> told.replicaFailed(index, failure));
        }
    }
}
