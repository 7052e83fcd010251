package dev.tokapu.server;

import dev.tokapu.server.http.ResponseStream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A response of Vert.x, sent part by part.
 *
 * <p>Thread safety: safe.
 */
final class VertxResponseStream implements ResponseStream {

    /** What is kept of a response before no more is wanted. */
    static final int MOST_KEPT = 64 << 10;

    private final VertxExchange exchange;
    private final HttpServerResponse response;
    private final AtomicInteger kept = new AtomicInteger(); // bytes that are not with the operating system yet
    private volatile Runnable drained = () -> {};

    VertxResponseStream(VertxExchange exchange, HttpServerResponse response) {
        this.exchange = exchange;
        this.response = response;
    }

    @Override
    public boolean write(byte[] bytes) {
        int size = bytes.length;
        int now = kept.addAndGet(size);
        exchange.onLoop(() -> response.write(Buffer.buffer(bytes)).onComplete(sent -> taken(size)));
        return now < MOST_KEPT;
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
        exchange.onLoop(exchange::end);
    }

    @Override
    public void abort() {
        exchange.onLoop(exchange::abort);
    }
}
