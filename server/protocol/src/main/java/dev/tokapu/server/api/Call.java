package dev.tokapu.server.api;

import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.ResponseStream;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.model.ModelEntry;
import dev.tokapu.server.model.ModelLease;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.Usage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request on its way through an API. It is answered once; what comes later does nothing.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class Call {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.server.Server");
    private static final Logger ACCESS = LoggerFactory.getLogger("dev.tokapu.server.access");
    private static final String JSON = "application/json";

    private final Exchange exchange;
    private final Api api;
    private final String id;
    private final Caller caller;
    private final String rest;
    private final Service service;
    private final long start = System.nanoTime();
    private final AtomicBoolean answered = new AtomicBoolean();
    private final AtomicBoolean logged = new AtomicBoolean();
    private volatile Usage used = Usage.NONE;
    private volatile boolean closed;
    private volatile @Nullable EventStream events;
    private @Nullable JsonObject body;
    private @Nullable ModelLease model; // with the lock of this
    private boolean ended; // with the lock of this

    Call(Exchange exchange, Api api, String id, Caller caller, String rest, Service service) {
        this.exchange = exchange;
        this.api = api;
        this.id = id;
        this.caller = caller;
        this.rest = rest;
        this.service = service;
        exchange.onClosed(() -> closed = true);
    }

    /** {@return the request} */
    public Exchange exchange() {
        return exchange;
    }

    /** {@return the id of the request, as the response has it} */
    public String id() {
        return id;
    }

    /** {@return whose call it is} */
    public Caller caller() {
        return caller;
    }

    /** {@return what stands for the star of the route} */
    public String rest() {
        return rest;
    }

    /** {@return whether the client has gone} */
    public boolean isClosed() {
        return closed;
    }

    /** {@return the body, which one thread at a time reads} */
    public JsonObject json() {
        JsonObject read = body;
        if (read == null) {
            read = JsonText.readObject(exchange.body());
            body = read;
        }
        return read;
    }

    /** {@return the names that the caller may use, adapters behind their models} */
    public List<ModelEntry> models() {
        return service.models().all().stream().filter(this::mayUse).toList();
    }

    private boolean mayUse(ModelEntry entry) {
        return caller.mayUse(entry.names());
    }

    /** {@return what a name stands for; null for what the query names, and else for the first of all} */
    public ModelEntry entry(@Nullable String name) {
        return service.models().find(name == null ? exchange.query("model") : name, this::mayUse);
    }

    /**
     * Uses a model, which is loaded first where it is not; the call waits for that without a thread. It is used until the call ends.
     *
     * @param name its name; null for what the query names, and else for the first of all
     * @param action what is done with it; what it throws is answered in the API's form of errors
     * @throws dev.tokapu.server.problem.ProblemException when there is no such model, or the caller may not use it
     */
    public void withModel(@Nullable String name, Consumer<ServedModel> action) {
        CompletableFuture<ModelLease> use = entry(name).use();
        if (!use.isDone()) {
            exchange.onClosed(() -> use.cancel(false));
        } else if (!use.isCompletedExceptionally()) {
            act(use.join(), action);
            return;
        }
        CompletableFuture<Void> unused = use.handle((lease, failure) -> {
            if (failure instanceof CancellationException) {
                gone();
            } else if (failure != null) {
                fail(failure);
            } else {
                later(lease, action);
            }
            return null;
        });
    }

    private void later(ModelLease lease, Consumer<ServedModel> action) {
        try {
            service.workers().call(() -> {
                try {
                    act(lease, action);
                } catch (Throwable e) { // one call's failure is no other's
                    fail(e);
                }
            });
        } catch (RuntimeException e) {
            lease.close();
            fail(e);
        }
    }

    private void act(ModelLease lease, Consumer<ServedModel> action) {
        hold(lease);
        if (closed) {
            gone();
        } else {
            action.accept(lease.model());
        }
    }

    private synchronized void hold(ModelLease lease) {
        model = lease;
        if (ended) {
            lease.close();
        }
    }

    /** Sets how long the model that is used stays after its last request. */
    public synchronized void keepAlive(Duration value) {
        if (model != null) {
            model.keepAlive(value);
        }
    }

    /** Nothing uses the model any more. */
    private synchronized void end() {
        ended = true;
        if (model != null) {
            model.close();
        }
    }

    /** Tells how many tokens it took, for the log and for the caller's quota; once. */
    public void used(Usage usage) {
        used = usage;
        caller.quota().used(usage.promptTokens() + usage.generatedTokens());
        if (closed) {
            log("gone");
        }
    }

    /** Answers with JSON. */
    public void respond(@Nullable Object json) {
        respond(200, JSON, JsonText.write(json), Map.of());
    }

    /** Answers with a body of another type. */
    public void respond(int status, String type, byte[] body) {
        respond(status, type, body, Map.of());
    }

    private void respond(int status, String type, byte[] body, Map<String, String> more) {
        if (answered.compareAndSet(false, true)) {
            Map<String, String> headers = headers(type);
            headers.putAll(more);
            exchange.respond(status, headers, body);
            log(Integer.toString(status));
        }
        end();
    }

    private Map<String, String> headers(String type) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", type);
        headers.put("x-request-id", id);
        headers.put("x-content-type-options", "nosniff");
        headers.putAll(api.headers(id));
        headers.putAll(caller.quota().headers());
        return headers;
    }

    /** Answers that it went wrong; a stream of events ends with that. */
    public void fail(Throwable failure) {
        Problem problem = Problems.of(failure);
        if (problem.kind() == Problem.Kind.INTERNAL && !(failure instanceof ProblemException)) {
            LOG.warn("Request {} failed: {}", id, failure.toString(), failure);
        }
        EventStream stream = events;
        if (stream != null) {
            api.tell(problem, stream);
            stream.end();
            return;
        }
        Map<String, String> more = new LinkedHashMap<>();
        Duration retry = problem.retryAfter();
        if (retry != null) {
            more.put(
                    "retry-after",
                    Long.toString(Math.max(1, retry.plusMillis(999).toSeconds())));
        }
        if (problem.kind() == Problem.Kind.UNAUTHORIZED) {
            more.put("www-authenticate", "Bearer");
        }
        respond(problem.kind().status(), JSON, api.errorBody(problem), more);
    }

    /**
     * Answers with a stream of server-sent events.
     *
     * @return what takes the events
     */
    public EventStream events() {
        return stream(EventStream.EVENTS);
    }

    /**
     * Answers with a stream of JSON values, each on a line.
     *
     * @return what takes the values
     */
    public EventStream lines() {
        return stream(EventStream.LINES);
    }

    private EventStream stream(EventStream.Form form) {
        answered.set(true);
        Map<String, String> headers = headers(form.type());
        headers.put("cache-control", "no-cache");
        headers.put("x-accel-buffering", "no"); // or proxies would hold events back
        ResponseStream response = exchange.begin(200, headers);
        EventStream stream = new EventStream(form, response, service, () -> {
            log("200");
            end();
        });
        events = stream;
        exchange.onClosed(stream::close);
        return stream;
    }

    /** Nobody waits for the answer any more. */
    void gone() {
        log("gone");
        end();
    }

    private void log(String status) {
        if (logged.compareAndSet(false, true) && ACCESS.isInfoEnabled()) {
            ACCESS.info(
                    "{} {} {} {} {} {} ms, {} prompt tokens ({} cached), {} generated",
                    id,
                    exchange.remoteAddress(),
                    caller.name(),
                    exchange.method() + ' ' + printable(exchange.path()),
                    closed ? "gone" : status,
                    (System.nanoTime() - start) / 1_000_000,
                    used.promptTokens(),
                    used.cachedTokens(),
                    used.generatedTokens());
        }
    }

    /** Paths are what strangers send; a line of the log stays one. */
    private static String printable(String path) {
        String some = path.length() <= 200 ? path : path.substring(0, 200) + "...";
        return some.replaceAll("[^\\x21-\\x7e]", "?");
    }
}
