package dev.tokapu.server.streams;

import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.ResponseStream;
import dev.tokapu.server.openai.OpenAiErrors;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An exchange whose events are kept, and which goes on when its client leaves: for the code that answers it, it is closed when its stream is
 * stopped. That begins with {@link #willStream}. Before it and without it, and where the response is no stream of events, all passes
 * through unchanged.
 *
 * <p>Thread safety: safe.
 */
final class KeptExchange extends ForwardingExchange implements ResponseStream {

    private final Exchange exchange;
    private final KeptStreams streams;
    private final String tenant;
    private final String id;
    private final List<Runnable> whenClosed = new ArrayList<>(); // with the lock of this, as the following
    private @Nullable KeptStream kept; // null where nothing is kept
    private @Nullable ResponseStream response;
    private Runnable drained = () -> {};
    private boolean left; // the client has gone
    private boolean closed; // for the code that answers

    private KeptExchange(Exchange exchange, KeptStreams streams, String tenant, String id) {
        super(exchange);
        this.exchange = exchange;
        this.streams = streams;
        this.tenant = tenant;
        this.id = id;
    }

    /** An exchange in place of another, whose events are kept under an id of a tenant if there will be any. */
    static KeptExchange of(Exchange exchange, KeptStreams streams, String tenant, String id) {
        KeptExchange made = new KeptExchange(exchange, streams, tenant, id);
        exchange.onClosed(made::clientLeft);
        return made;
    }

    private void clientLeft() {
        List<Runnable> actions;
        synchronized (this) {
            left = true;
            actions = kept == null ? closing() : List.of(drained); // nobody takes it, and nobody holds it up
        }
        actions.forEach(Runnable::run);
    }

    /** Tells the code that answers it that its client has gone. */
    private void close() {
        closing().forEach(Runnable::run);
    }

    /** From now on it is closed; what is to be run then, once. */
    private synchronized List<Runnable> closing() {
        if (closed) {
            return List.of();
        }
        closed = true;
        return List.copyOf(whenClosed);
    }

    @Override
    public void willStream() {
        KeptStream stream = streams.add(tenant, id, this::stop);
        boolean late;
        synchronized (this) {
            kept = stream;
            late = closed;
        }
        if (late) { // nobody answers it any more
            boolean unused = keepNothing();
        }
    }

    @Override
    public boolean takePlace() {
        KeptStream stream = kept();
        return stream != null && streams.takePlace(stream);
    }

    /** The stream was ended before its answer. */
    private void stop() {
        close();
        ResponseStream begun;
        synchronized (this) {
            begun = response; // none begins any more
        }
        if (begun == null) {
            exchange.respond(
                    Kind.INVALID.status(),
                    Map.of("content-type", "application/json"),
                    OpenAiErrors.body(Problem.of(Kind.INVALID, "the request was cancelled: its stream was stopped")
                            .withCode("cancelled")));
        } else {
            begun.end();
        }
    }

    private synchronized @Nullable KeptStream kept() {
        return kept;
    }

    @Override
    public void respond(int status, Map<String, String> headers, byte[] body) {
        if (keepNothing()) {
            exchange.respond(status, headers, body);
        }
    }

    /** From now on it is as if nothing were kept; false where it was stopped. */
    private boolean keepNothing() {
        KeptStream stream = kept();
        if (stream == null) {
            return true;
        }
        if (!stream.end()) {
            return false;
        }
        streams.forget(stream);
        boolean close;
        synchronized (this) {
            kept = null;
            close = left;
        }
        if (close) {
            close();
        }
        return true;
    }

    @Override
    public ResponseStream begin(int status, Map<String, String> headers) {
        boolean events = headers.getOrDefault("content-type", "").startsWith("text/event-stream");
        KeptStream stream = kept();
        if (stream == null || !events) {
            return keepNothing() ? exchange.begin(status, headers) : this;
        }
        boolean unused = streams.takePlace(stream);
        synchronized (this) {
            if (!closed) {
                response = exchange.begin(status, headers);
                stream.begin();
            }
        }
        return this;
    }

    @Override
    public boolean write(byte[] part) {
        KeptStream stream;
        ResponseStream client;
        synchronized (this) {
            stream = kept;
            if (closed || stream == null || stream.isDone()) {
                return true;
            }
            client = left ? null : response;
        }
        streams.grown(stream, stream.add(part));
        return client == null || client.write(part);
    }

    @Override
    public synchronized boolean wantsMore() {
        return left || response == null || response.wantsMore();
    }

    @Override
    public void onDrained(Runnable action) {
        ResponseStream client;
        synchronized (this) {
            drained = action;
            client = response;
        }
        if (client != null) {
            client.onDrained(action);
        }
    }

    @Override
    public void end() {
        KeptStream stream;
        ResponseStream client;
        synchronized (this) {
            stream = kept;
            client = response;
        }
        if (stream != null && stream.end() && client != null) {
            client.end();
        }
    }

    /** Cuts off the client, which takes nothing; the stream goes on. */
    @Override
    public void abort() {
        ResponseStream client;
        synchronized (this) {
            client = response;
        }
        if (client != null) {
            client.abort();
        }
    }

    @Override
    public void onClosed(Runnable action) {
        synchronized (this) {
            if (!closed) {
                whenClosed.add(action);
                return;
            }
        }
        action.run();
    }
}
