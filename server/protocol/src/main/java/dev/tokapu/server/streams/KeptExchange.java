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
 * An exchange whose events are kept, and which goes on when its client leaves: for what answers it, it is closed when somebody stops it.
 * What is no stream of events, is as it would be without.
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
    private boolean ended;
    private boolean stopped;
    private boolean plain; // nothing is kept

    /** What holds the events. */
    interface Keeper {

        /** So many more bytes are kept of a stream. */
        void grown(KeptStream stream, int more);

        /** A stream is not to be found any more. */
        void forget(KeptStream stream);
    }

    KeptExchange(Exchange exchange, KeptStream kept, Keeper keeper) {
        super(exchange);
        this.exchange = exchange;
        this.kept = kept;
        this.keeper = keeper;
        kept.onStop(this::stop);
    }

    /** Begins to look after its client; once its stream can be found. */
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
            boolean unused = close();
        } else {
            goOn.run(); // nobody takes it, and nobody holds it up
        }
    }

    /** For what answers it, its client has gone; false where it had before. */
    private boolean close() {
        List<Runnable> actions;
        synchronized (this) {
            if (stopped) {
                return false;
            }
            stopped = true;
            actions = List.copyOf(whenClosed);
        }
        actions.forEach(Runnable::run);
        return true;
    }

    private void stop() {
        boolean open;
        synchronized (this) {
            open = !ended;
        }
        if (!open || !close()) {
            return;
        }
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
        boolean close;
        synchronized (this) {
            if (stopped) {
                return false;
            }
            plain = true;
            close = left;
        }
        keeper.forget(kept);
        if (close) {
            boolean unused = close();
        }
        return true;
    }

    @Override
    public ResponseStream begin(int status, Map<String, String> headers) {
        if (!headers.getOrDefault("content-type", "").startsWith("text/event-stream") && keepNothing()) {
            return exchange.begin(status, headers);
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
            if (ended || stopped) {
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
            client = ended ? null : response;
            ended = true;
        }
        kept.end();
        if (client != null) {
            client.end();
        }
    }

    /** Cuts off the client alone, which takes nothing. */
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
