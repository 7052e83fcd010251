package dev.tokapu.server;

import dev.tokapu.server.http.ResponseStream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A response of Vert.x, sent part by part. What is written before the event loop sends is sent together.
 *
 * <p>Thread safety: safe.
 */
final class VertxResponseStream implements ResponseStream {

    /** What is kept of a response before no more is wanted. */
    static final int MOST_KEPT = 64 << 10;

    private final VertxExchange exchange;
    private final HttpServerResponse response;
    private final AtomicInteger kept = new AtomicInteger(); // bytes that are not with the operating system yet
    private final Object lock = new Object();
    private @Nullable Buffer next; // for the event loop; with the lock, as the following
    private boolean awaited; // the event loop has been told, and has not come
    private boolean ended;
    private volatile Runnable drained = () -> {};

    VertxResponseStream(VertxExchange exchange, HttpServerResponse response) {
        this.exchange = exchange;
        this.response = response;
    }

    @Override
    public boolean write(byte[] bytes) {
        int now = kept.addAndGet(bytes.length);
        boolean first;
        synchronized (lock) {
            next = next == null ? Buffer.buffer(bytes) : next.appendBytes(bytes);
            first = tell();
        }
        if (first) {
            exchange.onLoop(this::send);
        }
        return now < MOST_KEPT;
    }

    /** With the lock: whether the event loop must be told, which is once until it comes. */
    private boolean tell() {
        boolean first = !awaited;
        awaited = true;
        return first;
    }

    /** The event loop: all that was written until now. */
    private void send() {
        Buffer bytes;
        boolean last;
        synchronized (lock) {
            bytes = next == null ? Buffer.buffer() : next;
            next = null;
            awaited = false;
            last = ended;
        }
        if (last) {
            exchange.end(bytes);
        } else {
            int size = bytes.length();
            response.write(bytes).onComplete(sent -> taken(size));
        }
    }

    private void taken(int size) {
        int before = kept.getAndAdd(-size);
        if (before >= MOST_KEPT && before - size < MOST_KEPT) {
            drained.run();
        }
    }

    @Override
    public boolean wantsMore() {
        return kept.get() < MOST_KEPT;
    }

    @Override
    public void onDrained(Runnable action) {
        drained = action;
    }

    @Override
    public void end() {
        boolean first;
        synchronized (lock) {
            ended = true;
            first = tell();
        }
        if (first) {
            exchange.onLoop(this::send);
        }
    }

    @Override
    public void abort() {
        exchange.onLoop(exchange::abort);
    }
}
