package dev.tokapu.server.api;

import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.ResponseStream;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.Usage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
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

    /** {@return the body} */
    public JsonObject json() {
        return JsonText.readObject(exchange.body());
    }

    /** Tells how many tokens it took, for the log and for the caller's quota; once. */
    public void used(Usage usage) {
        used = usage;
        caller.quota().used(usage.promptTokens() + usage.generatedTokens());
        if (closed) {
            gone();
        }
    }

    /** Answers with JSON. */
    public void respond(@Nullable Object json) {
        respondJson(JsonText.write(json));
    }

    /** Answers with JSON that is written already. */
    public void respondJson(byte[] json) {
        respond(200, JSON, json, Map.of());
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

    /** Answers that it went wrong; a stream of events ends with that, in the API's form. */
    public void fail(Throwable failure) {
        fail(failure, problem -> {
            EventStream stream = events;
            if (stream != null) {
                api.tell(problem, stream);
            }
        });
    }

    /**
     * Answers that it went wrong.
     *
     * @param failure what went wrong
     * @param last writes the last events of a stream, if there is one
     */
    public void fail(Throwable failure, Consumer<Problem> last) {
        Problem problem = Problems.of(failure);
        if (problem.kind() == Problem.Kind.INTERNAL) {
            LOG.warn("Request {} failed: {}", id, failure.toString(), failure);
        }
        EventStream stream = events;
        if (stream != null) {
            last.accept(problem);
            stream.end();
            gone(); // if it had
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
        EventStream stream = new EventStream(form, response, service, () -> log("200"));
        events = stream;
        exchange.onClosed(stream::close);
        return stream;
    }

    /** Nobody waits for the answer any more. */
    void gone() {
        log("gone");
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
