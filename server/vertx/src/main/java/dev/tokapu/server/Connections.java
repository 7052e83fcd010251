package dev.tokapu.server;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open connections. One that lies idle too long, whose request takes too long to arrive, or that takes nothing of an answer that is
 * complete, is closed; one that waits for its answer is not.
 *
 * <p>Thread safety: safe.
 */
final class Connections {

    private static final long LOOK_MILLIS = 1000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Map<HttpConnection, State> all = new ConcurrentHashMap<>();
    private final CuttingTransport transport;
    private final long readPatience;
    private final long writePatience;
    private final AtomicInteger unfinished = new AtomicInteger();
    private volatile boolean draining;

    /** What a connection is doing; changed by its event loop. */
    private static final class State {
        int answering;
        int reading;
        int sending; // complete answers that the client has not taken whole
        volatile long since = System.nanoTime();
        volatile long taken; // when the client last took something of those
        volatile boolean busy; // a whole request is there, and its answer is not
        volatile boolean isSending;
    }

    Connections(Vertx vertx, CuttingTransport transport, ServerOptions options) {
        this.transport = transport;
        this.readPatience = options.readTimeout().toNanos();
        this.writePatience = options.writeTimeout().toNanos();
        long least = Math.min(readPatience, writePatience) / NANOS_PER_MILLI;
        long look = Math.max(1, Math.min(LOOK_MILLIS, least / 4));
        vertx.setPeriodic(look, timer -> closeIdle());
    }

    void opened(HttpConnection connection) {
        State state = new State();
        all.put(connection, state);
        connection.closeHandler(gone -> {
            all.remove(connection);
            if (draining && state.answering > 0) {
                unfinished.incrementAndGet();
            }
        });
    }

    /** Ends a connection, whatever its client has not taken. */
    void cut(HttpConnection connection) {
        transport.cut(connection.remoteAddress(true));
    }

    void cutAll() {
        transport.cutAll();
    }

    /** A request begins to arrive. */
    void reading(HttpConnection connection) {
        change(connection, 1, 0);
    }

    /** It is long, and goes on arriving. */
    void goesOn(HttpConnection connection) {
        change(connection, 0, 0);
    }

    /** It is whole, and its answer is awaited. */
    void answering(HttpConnection connection) {
        change(connection, -1, 1);
    }

    /** It will not be whole. */
    void refused(HttpConnection connection) {
        change(connection, -1, 0);
    }

    /** An answer is complete, and its client begins to take the rest of it. */
    void sending(HttpConnection connection) {
        changeSending(connection, 1);
    }

    /** The client took a part of that. */
    void taken(HttpConnection connection) {
        changeSending(connection, 0);
    }

    /** It took all of it, or nothing more can be sent. */
    void sent(HttpConnection connection) {
        changeSending(connection, -1);
    }

    private void changeSending(HttpConnection connection, int more) {
        State state = all.get(connection);
        if (state != null) {
            state.taken = System.nanoTime();
            state.sending += more;
            state.isSending = state.sending > 0;
        }
    }

    /** Its answer is with its client, or nobody waits for it any more. */
    void answered(HttpConnection connection) {
        change(connection, 0, -1);
    }

    private void change(HttpConnection connection, int reading, int answering) {
        State state = all.get(connection);
        if (state != null) {
            state.reading += reading;
            state.answering += answering;
            state.since = System.nanoTime();
            state.busy = state.answering > 0 && state.reading == 0;
        }
    }

    private void closeIdle() {
        long now = System.nanoTime();
        all.forEach((connection, state) -> {
            boolean idle = !state.busy && now - state.since > readPatience;
            boolean stuck = state.isSending && now - state.taken > writePatience;
            if (idle || stuck) {
                cut(connection);
            }
        });
    }

    int count() {
        return all.size();
    }

    /** From now on, connections that close before their answers are complete are counted. */
    void drain() {
        draining = true;
    }

    /** Whether {@link #drain} was called. */
    boolean isDraining() {
        return draining;
    }

    /** How many connections were closed before their answers were complete. */
    int unfinished() {
        return unfinished.get();
    }
}
