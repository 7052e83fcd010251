package dev.tokapu.engine;

import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import java.util.HashMap;
import java.util.Map;

/**
 * Adapters for the model of a replica, loaded when the first request has one that was loaded for the model of another replica. They go when that one
 * is closed and another request has adapters, or with the replica.
 *
 * <p>Thread safety: safe.
 */
final class AdapterCopies implements AutoCloseable {

    private final Model model;
    private final Map<LoraAdapter, LoraAdapter> copies = new HashMap<>();
    private boolean closed;

    AdapterCopies(Model model) {
        this.model = model;
    }

    /** A set as this replica's model has it. */
    LoraSet of(LoraSet set) {
        return set.isEmpty() ? set : copyOf(set);
    }

    private synchronized LoraSet copyOf(LoraSet set) {
        forgetClosed();
        if (closed
                || set.scales().keySet().stream()
                        .allMatch(adapter -> adapter.model().equals(model))) {
            return set; // a replica that has ended computes nothing with it
        }
        Map<LoraAdapter, Float> own = new HashMap<>();
        set.scales().forEach((adapter, scale) -> own.put(copyOf(adapter), scale));
        return new LoraSet(own, set.vector());
    }

    private LoraAdapter copyOf(LoraAdapter adapter) {
        return copies.computeIfAbsent(adapter, wanted -> wanted.copyFor(model));
    }

    private void forgetClosed() {
        copies.entrySet().removeIf(entry -> {
            boolean gone = entry.getKey().isClosed();
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        copies.values().forEach(LoraAdapter::close);
        copies.clear();
    }
}
