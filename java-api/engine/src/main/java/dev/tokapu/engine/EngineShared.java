package dev.tokapu.engine;

import dev.tokapu.Model;
import dev.tokapu.engine.run.EngineExecutors;
import dev.tokapu.engine.run.EngineMeter;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the replicas of an engine have in common.
 *
 * <p>Thread safety: safe.
 */
final class EngineShared {

    private static final AtomicInteger COUNT = new AtomicInteger();

    final String name = "tokapu-engine-" + COUNT.incrementAndGet();
    final List<Model> models;
    final EngineExecutors executors;
    final EngineObservers observers;
    final EngineMeter meter = new EngineMeter(); // of what no replica has got
    final CapacityLimiter capacity;
    final PromptReader reader;
    final AtomicLong ids = new AtomicLong();
    final Dispatcher dispatcher = new Dispatcher();
    private final AtomicInteger running;

    EngineShared(EngineOptions options, List<ReplicaSpec> specs) {
        this.models = specs.stream().map(ReplicaSpec::model).distinct().toList();
        this.executors = new EngineExecutors(name, options.maxSequences());
        this.observers = new EngineObservers(options.listener(), executors);
        this.capacity = new CapacityLimiter(
                options.maxSequences(), options.queueCapacity(), meter.rejected, dispatcher::endToEnd);
        this.reader = new PromptReader(
                models, options.chatTemplate(), specs.get(specs.size() - 1).config());
        this.running = new AtomicInteger(specs.size());
    }

    /** The thread of a replica ends: whether it is the last one, after which nothing is computed. */
    boolean leaves() {
        boolean last = running.decrementAndGet() == 0;
        if (last) {
            reader.close();
        }
        return last;
    }
}
