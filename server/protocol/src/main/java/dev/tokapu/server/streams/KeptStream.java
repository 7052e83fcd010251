package dev.tokapu.server.streams;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The events of a stream that are kept. Once it has ended it holds nothing else: neither the request nor what answered it.
 *
 * <p>Thread safety: safe.
 */
final class KeptStream {

    private static final int MOST_BYTES = 4 << 20; // as llama-server

    private final String tenant;
    private final String id;
    private final LongSupplier seconds; // since 1970
    private final long started;
    private final Set<Runnable> readers = new CopyOnWriteArraySet<>();
    private final KeptBytes bytes = new KeptBytes(MOST_BYTES); // with the lock of this, as the following
    private boolean begun;
    private boolean ended;
    private long completed;
    private @Nullable Runnable stopping; // until the end

    KeptStream(String tenant, String id, LongSupplier seconds) {
        this.tenant = tenant;
        this.id = id;
        this.seconds = seconds;
        this.started = seconds.getAsLong();
    }

    String id() {
        return id;
    }

    String tenant() {
        return tenant;
    }

    /** Sets what ends its exchange. */
    synchronized void onStop(Runnable action) {
        stopping = action;
    }

    /** Ends it for all: what generates it, its client, and those who read it again. */
    void stop() {
        Runnable action;
        synchronized (this) {
            action = stopping;
        }
        if (action != null) {
            action.run();
        }
        end();
    }

    /** Nothing comes any more. */
    void end() {
        synchronized (this) {
            if (!ended) {
                ended = true;
                completed = seconds.getAsLong();
                stopping = null;
            }
        }
        readers.forEach(Runnable::run);
    }

    /** There is a response. */
    synchronized void begin() {
        begun = true;
    }

    synchronized boolean hasBegun() {
        return begun;
    }

    /** Keeps more of it; by how much what is kept has grown. */
    int add(byte[] part) {
        int more;
        synchronized (this) {
            if (ended) {
                return 0;
            }
            int before = bytes.size();
            bytes.add(part);
            more = bytes.size() - before;
        }
        readers.forEach(Runnable::run);
        return more;
    }

    /** Whether nothing comes any more. */
    synchronized boolean isDone() {
        return ended;
    }

    /** When it came to its end, in seconds since 1970; 0 before. */
    synchronized long completed() {
        return completed;
    }

    /** How many bytes of it are kept. */
    synchronized int size() {
        return bytes.size();
    }

    /** How many bytes there were. */
    synchronized long total() {
        return bytes.total();
    }

    /** Keeps fewer of its bytes; how many fewer. */
    synchronized int drop(int count) {
        int before = bytes.size();
        bytes.drop(count);
        return before - bytes.size();
    }

    /** The bytes from a place on, empty where they have not come; null where they are gone. */
    synchronized byte @Nullable [] from(long place, int count) {
        return bytes.from(place, count);
    }

    /** Sets what is run when there is more, or the end. */
    void tell(Runnable reader) {
        readers.add(reader);
    }

    void tellNoMore(Runnable reader) {
        readers.remove(reader);
    }

    synchronized Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("conversation_id", id);
        json.put("is_done", ended);
        json.put("total_bytes", bytes.total());
        json.put("started_at", started);
        json.put("completed_at", completed);
        return json;
    }
}
