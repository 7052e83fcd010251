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
 * stopped. Responses that are no streams of events pass through unchanged.
 *
 * <p>Thread safety: safe.
 */
final class KeptExchange extends ForwardingExchange implements ResponseStream {

    private final Exchange exchange;
    private final KeptStream kept;
    private final Keeper keeper;
    private final List<Runnable> whenClosed = new ArrayList<>(); // with the lock of this, as the following
    private @Nullable ResponseStream response;
    private Runnable drained = () -> {};
    private boolean left; // the client has gone
    private boolean stopped;
    private boolean plain; // nothing is kept

    /** What holds the events. */
    interface Keeper {

        /** So many more bytes are kept of a stream. */
        void grown(KeptStream stream, int more);

        /** A stream can no longer be found. */
        void forget(KeptStream stream);
    }

    KeptExchange(Exchange exchange, KeptStream kept, Keeper keeper) {
        super(exchange);
        this.exchange = exchange;
        this.kept = kept;
        this.keeper = keeper;
        kept.onStop(this::stop);
    }

    /** Begins to watch its client, once its stream can be found. */
    void begin() {
        exchange.onClosed(this::clientLeft);
    }

    private void clientLeft() {
        boolean close;
        Runnable goOn;
        synchronized (this) {
            left = true;
            close = plain;
            goOn = drained;
        }
        if (close) {
            close();
        } else {
            goOn.run(); // nobody takes it, and nobody holds it up
        }
    }

    /** Tells the code that answers it that its client has gone. */
    private void close() {
        List<Runnable> actions;
        synchronized (this) {
            if (stopped) {
                return;
            }
            stopped = true;
            actions = List.copyOf(whenClosed);
        }
        actions.forEach(Runnable::run);
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

    @Override
    public void respond(int status, Map<String, String> headers, byte[] body) {
        if (keepNothing()) {
            exchange.respond(status, headers, body);
        }
    }

    /** From now on it is as if nothing were kept; false where it was stopped. */
    private boolean keepNothing() {
        if (!kept.end()) {
            return false;
        }
        keeper.forget(kept);
        boolean close;
        synchronized (this) {
            plain = true;
            close = left;
        }
        if (close) {
            close();
        }
        return true;
    }

    @Override
    public ResponseStream begin(int status, Map<String, String> headers) {
        if (!headers.getOrDefault("content-type", "").startsWith("text/event-stream")) {
            return keepNothing() ? exchange.begin(status, headers) : this;
        }
        synchronized (this) {
            if (!stopped) {
                response = exchange.begin(status, headers);
                kept.begin();
            }
        }
        return this;
    }

    @Override
    public boolean write(byte[] part) {
        ResponseStream client;
        synchronized (this) {
            if (stopped || kept.isDone()) {
                return true;
            }
            client = left ? null : response;
        }
        keeper.grown(kept, kept.add(part));
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
        ResponseStream client;
        synchronized (this) {
            client = response;
        }
        if (kept.end() && client != null) {
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
            if (!stopped) {
                whenClosed.add(action);
                return;
            }
        }
        action.run();
    }
}
