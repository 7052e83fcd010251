package dev.tokapu.engine;

import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import java.util.HashMap;
import java.util.Map;

/**
 * Adapters for the model of a replica, loaded when the first request has one that was loaded for the model of another replica. They go when that one
 * is closed, or with the replica.
 *
 * <p>Thread safety: safe.
 */
final class AdapterCopies implements AutoCloseable {

    private final Model model;
    private final Map<LoraAdapter, LoraAdapter> copies = new HashMap<>();

    AdapterCopies(Model model) {
        this.model = model;
    }

    /** A set as this replica's model has it. */
    LoraSet of(LoraSet set) {
        if (set.scales().keySet().stream().allMatch(adapter -> adapter.model().equals(model))) {
            return set;
        }
        Map<LoraAdapter, Float> own = new HashMap<>();
        set.scales().forEach((adapter, scale) -> own.put(copy(adapter), scale));
        return new LoraSet(own, set.vector());
    }

    private synchronized LoraAdapter copy(LoraAdapter adapter) {
        copies.entrySet().removeIf(entry -> {
            boolean gone = entry.getKey().isClosed();
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        return copies.computeIfAbsent(adapter, wanted -> wanted.copyFor(model));
    }

    @Override
    public synchronized void close() {
        copies.values().forEach(LoraAdapter::close);
        copies.clear();
    }
}
