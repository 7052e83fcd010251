package dev.tokapu.server.streams;

import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.ResponseStream;
import dev.tokapu.server.openai.OpenAiErrors;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An exchange whose events are kept, and which goes on when its client leaves: for what answers it, it is closed when somebody stops it.
 * What is no stream of events, is as it would be without.
 *
 * <p>Thread safety: safe.
 */
final class KeptStream extends ForwardingExchange implements ResponseStream {

    private static final int MOST_BYTES = 4 << 20; // as llama-server

    private final Exchange exchange;
    private final String tenant;
    private final String id;
    private final LongSupplier seconds; // since 1970
    private final Keeper keeper;
    private final long started;
    private final KeptBytes bytes = new KeptBytes(MOST_BYTES); // with the lock of this, as the following
    private final List<Runnable> whenClosed = new ArrayList<>();
    private @Nullable ResponseStream response;
    private Runnable drained = () -> {};
    private boolean left; // the client has gone
    private boolean ended;
    private boolean stopped;
    private boolean plain; // nothing is kept
    private long completed;
    private final Set<Runnable> readers = new CopyOnWriteArraySet<>();

    /** What holds it. */
    interface Keeper {

        /** So many more bytes are kept of it. */
        void grown(KeptStream stream, int more);

        /** It is not to be found any more. */
        void forget(KeptStream stream);
    }

    KeptStream(Exchange exchange, String tenant, String id, LongSupplier seconds, Keeper keeper) {
        super(exchange);
        this.exchange = exchange;
        this.tenant = tenant;
        this.id = id;
        this.seconds = seconds;
        this.keeper = keeper;
        this.started = seconds.getAsLong();
    }

    /** Begins to look after its client; once it can be found. */
    void begin() {
        exchange.onClosed(this::clientLeft);
    }

    String id() {
        return id;
    }

    String tenant() {
        return tenant;
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

    /** For what answers it: its client has gone. */
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

    /** Ends it for all: what generates it, its client, and those who read it again. */
    void stop() {
        boolean open;
        ResponseStream begun;
        synchronized (this) {
            open = !ended && !stopped;
            begun = response;
        }
        if (open) {
            close();
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
        complete();
    }

    private void complete() {
        synchronized (this) {
            ended = true;
            completed = completed == 0 ? seconds.getAsLong() : completed;
        }
        readers.forEach(Runnable::run);
    }

    /** Whether there is a response. */
    synchronized boolean hasBegun() {
        return response != null;
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
        keeper.forget(this);
        if (close) {
            close();
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
            }
        }
        return this;
    }

    @Override
    public boolean write(byte[] part) {
        ResponseStream client;
        int more;
        synchronized (this) {
            if (ended || stopped) {
                return true;
            }
            int before = bytes.size();
            bytes.add(part);
            more = bytes.size() - before;
            client = left ? null : response;
        }
        keeper.grown(this, more);
        readers.forEach(Runnable::run);
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
        }
        complete();
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
