package dev.tokapu.server.responses;

import dev.tokapu.server.responses.StoredResponse.Owner;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The responses that are kept, in memory. What a response builds on stays as long as it does, and counts as long. */
final class ResponseStore {

    private final StoreLimits limits;
    private final LongSupplier nanoTime;
    private final LinkedHashMap<String, StoredResponse> responses = new LinkedHashMap<>(); // oldest first
    private final Map<String, StoredResponse> byItem = new HashMap<>(); // by the ids of their output
    private final Map<String, Shelf> shelves = new HashMap<>();
    private long bytes;

    /** The responses of a tenant. */
    private static final class Shelf {
        final LinkedHashMap<String, StoredResponse> responses = new LinkedHashMap<>();
        long bytes; // with what they build on, which is the same tenant's
    }

    ResponseStore(StoreLimits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /** Keeps a response, and lets others go for it. */
    synchronized void put(StoredResponse response) {
        dropOld();
        if (limits.count() == 0) {
            return;
        }
        response.keepUntil(nanoTime.getAsLong() + limits.age().toNanos());
        responses.put(response.id(), response);
        response.outputIds().forEach(item -> byItem.put(item, response));
        shelf(response).responses.put(response.id(), response);
        hold(response);
        while (!responses.isEmpty() && (responses.size() > limits.count() || bytes > limits.bytes())) {
            Shelf largest = shelves.values().stream()
                    .filter(shelf -> !shelf.responses.isEmpty())
                    .max(Comparator.comparingLong(shelf -> shelf.bytes))
                    .orElseThrow();
            remove(first(largest.responses.values()));
        }
    }

    private static StoredResponse first(Collection<StoredResponse> responses) {
        return responses.iterator().next();
    }

    private Shelf shelf(StoredResponse response) {
        return shelves.computeIfAbsent(response.owner().tenant(), tenant -> new Shelf());
    }

    /** A response that a request of its owner builds on; null when there is none. */
    synchronized @Nullable StoredResponse find(String id, Owner owner) {
        dropOld();
        StoredResponse response = responses.get(id);
        return response == null || !response.owner().equals(owner) ? null : response;
    }

    /** An item of the output of a response that a request of its owner may refer to; null when there is none. */
    @Nullable
    Item findItem(String id, Owner owner) {
        StoredResponse response;
        synchronized (this) {
            dropOld();
            response = byItem.get(id);
        }
        if (response == null || !response.owner().equals(owner)) {
            return null;
        }
        return response.output().stream()
                .filter(item -> item.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    /** A response of a caller; null when there is none. */
    synchronized @Nullable StoredResponse find(String id, String caller) {
        dropOld();
        StoredResponse response = responses.get(id);
        return response == null || !response.owner().caller().equals(caller) ? null : response;
    }

    /** Lets a response of a caller go; whether there was one. */
    synchronized boolean remove(String id, String caller) {
        StoredResponse response = find(id, caller);
        if (response != null) {
            remove(response);
        }
        return response != null;
    }

    private void dropOld() {
        long now = nanoTime.getAsLong();
        while (!responses.isEmpty()) {
            StoredResponse oldest = first(responses.values());
            if (oldest.until() - now > 0) {
                return;
            }
            remove(oldest);
        }
    }

    private void remove(StoredResponse response) {
        responses.remove(response.id());
        response.outputIds().forEach(byItem::remove);
        shelf(response).responses.remove(response.id());
        release(response);
    }

    private void hold(StoredResponse response) {
        StoredResponse turn = response;
        while (turn != null && turn.hold()) {
            count(turn, turn.bytes());
            turn = turn.previous();
        }
    }

    private void release(StoredResponse response) {
        StoredResponse turn = response;
        while (turn != null && turn.release()) {
            count(turn, -turn.bytes());
            turn = turn.previous();
        }
        Shelf shelf = shelf(response);
        if (shelf.bytes == 0) {
            shelves.remove(response.owner().tenant());
        }
    }

    private void count(StoredResponse response, long more) {
        bytes += more;
        shelf(response).bytes += more;
    }

    /** How many bytes are kept. */
    synchronized long bytes() {
        return bytes;
    }

    /** How many responses are kept. */
    synchronized int size() {
        return responses.size();
    }
}
