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

    /** {@code stopping}: ends its exchange. */
    KeptStream(String tenant, String id, LongSupplier seconds, Runnable stopping) {
        this.tenant = tenant;
        this.id = id;
        this.seconds = seconds;
        this.stopping = stopping;
        this.started = seconds.getAsLong();
    }

    String id() {
        return id;
    }

    String tenant() {
        return tenant;
    }

    /** Ends its generation, and the responses to its client and its readers. */
    void stop() {
        Runnable action;
        synchronized (this) {
            action = stopping;
        }
        if (end() && action != null) {
            action.run();
        }
    }

    /** Nothing comes any more; false where it had ended before. */
    boolean end() {
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            completed = seconds.getAsLong();
            stopping = null;
        }
        readers.forEach(Runnable::run);
        return true;
    }

    /** There is a response. */
    synchronized void begin() {
        begun = true;
    }

    synchronized boolean hasBegun() {
        return begun;
    }

    /** Adds a part; returns by how many bytes what is kept has grown. */
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

    /** How many bytes were added. */
    synchronized long total() {
        return bytes.total();
    }

    /** Drops so many of the oldest bytes; returns how many were dropped. */
    synchronized int drop(int count) {
        int before = bytes.size();
        bytes.drop(count);
        return before - bytes.size();
    }

    /** The bytes from a position on, empty if there are none yet; null if they have been dropped. */
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
