package dev.tokapu.engine;

import dev.tokapu.engine.run.EngineExecutors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells somebody how the prefix cache differs from what was told before. While that is slow, differences gather.
 *
 * <p>Thread safety: confined to the engine's thread; the consumer is called on others, one event at a time.
 */
final class PrefixCacheObserver {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final int[] NO_TOKENS = {};

    private final Consumer<PrefixCacheEvent> consumer;
    private final EngineExecutors executors;
    private final AtomicBoolean busy = new AtomicBoolean();
    private Map<Long, PrefixEntries.Entry> told = new HashMap<>(); // by number

    PrefixCacheObserver(Consumer<PrefixCacheEvent> consumer, EngineExecutors executors) {
        this.consumer = consumer;
        this.executors = executors;
    }

    void look(List<PrefixEntries.Entry> entries) {
        if (busy.get()) {
            return;
        }
        Map<Long, PrefixEntries.Entry> now = new HashMap<>();
        List<PrefixCacheEvent> events = new ArrayList<>();
        for (PrefixEntries.Entry entry : entries) {
            now.put(entry.prefix().id(), entry);
            PrefixEntries.Entry before = told.remove(entry.prefix().id());
            if (before == null || before.prefix().tokens() != entry.prefix().tokens()) {
                events.add(event(PrefixCacheEvent.Kind.STORED, entry, entry.tokens()));
            }
        }
        for (PrefixEntries.Entry gone : told.values()) {
            events.add(event(PrefixCacheEvent.Kind.REMOVED, gone, NO_TOKENS));
        }
        told = now;
        if (!events.isEmpty()) {
            busy.set(true);
            executors.tell(() -> tell(events));
        }
    }

    private static PrefixCacheEvent event(PrefixCacheEvent.Kind kind, PrefixEntries.Entry entry, int... tokens) {
        return new PrefixCacheEvent(kind, entry.prefix(), entry.adapters(), tokens);
    }

    private void tell(List<PrefixCacheEvent> events) {
        try {
            events.forEach(consumer);
        } catch (Throwable e) { // a consumer in Kotlin may throw anything
            LOG.warn("An observer of the prefix cache failed", e);
        } finally {
            busy.set(false);
        }
    }
}
