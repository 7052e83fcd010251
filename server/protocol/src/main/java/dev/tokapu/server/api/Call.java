package dev.tokapu.server.api;

import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.ResponseStream;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.model.ModelEntry;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
    private static final int OK = 200;
    private static final String JSON = "application/json";

    private final Exchange exchange;
    private final Api api;
    private final Caller caller;
    private final ArrivedCall arrived;
    private final String rest;
    private final Service service;
    private final CallWork.Progress work;
    private final long start = System.nanoTime();
    private final AtomicBoolean answered = new AtomicBoolean();
    private final AtomicBoolean logged = new AtomicBoolean();
    private volatile Usage used = Usage.NONE;
    private volatile boolean closed;
    private volatile @Nullable EventStream events;
    private @Nullable JsonObject body;
    private final CallModel model;
    private final CallObserver observer;
    private volatile @Nullable CallRecord entry;

    /** {@code route}: the path as its API has it, empty where no API has it; {@code rest}: what stands for its star. */
    Call(Exchange exchange, Api api, String id, Caller caller, String route, String rest, Service service) {
        this.exchange = exchange;
        this.api = api;
        this.caller = caller;
        this.arrived = ArrivedCall.of(exchange, id, route);
        this.rest = rest;
        this.service = service;
        this.model = new CallModel(this, service.workers());
        this.work = new CallWork.Progress(start);
        this.observer = service.observer().arrived(arrived);
        exchange.onClosed(() -> closed = !work.isComplete());
    }

    /** {@return the request} */
    public Exchange exchange() {
        return exchange;
    }

    /** {@return the id of the request, as the response has it} */
    public String id() {
        return arrived.id();
    }

    /** {@return whose call it is} */
    public Caller caller() {
        return caller;
    }

    /** {@return what an engine is asked for, and what became of it} */
    public CallWork.Progress work() {
        return work;
    }

    /** {@return what stands for the star of the route} */
    public String rest() {
        return rest;
    }

    /** {@return whether the client has gone before its answer was complete} */
    public boolean isClosed() {
        return closed;
    }

    /** Runs a task at once, in its scope: what the task submits to an engine is known there as the call's. */
    public void run(Runnable task) {
        CurrentCall.run(observer, task);
    }

    /** From now on it is noted how it goes. */
    void noteIn(CallRecord value) {
        entry = value;
    }

    /**
     * Tells that an engine works for it.
     *
     * @param soFar the tokens that it has taken so far, at any time
     */
    public void submitted(Supplier<Usage> soFar) {
        CallRecord noted = entry;
        String name = model.name();
        if (noted != null && name != null) {
            noted.submitted(name, soFar);
        }
    }

    /** {@return the body, which one thread at a time reads} */
    public JsonObject json() {
        if (body == null) {
            body = JsonText.readObject(exchange.body());
        }
        return body;
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
        withModel(name, false, action);
    }

    /** {@code events}: whether it asks for a stream of events. */
    void withModel(@Nullable String name, boolean events, Consumer<ServedModel> action) {
        work.asksFor(name);
        model.use(entry(name), events, action);
    }

    /** Sets how long the model that is used stays after its last request. */
    public void keepAlive(Duration value) {
        model.keepAlive(value);
    }

    /** Tells how many tokens it took, for the log and for the caller's quota; once. */
    public void used(Usage usage) {
        used = usage;
        caller.quota().used(usage.promptTokens() + usage.generatedTokens());
        CallRecord noted = entry;
        if (noted != null) {
            noted.used(usage);
        }
        if (closed) {
            log(OK);
        }
    }

    /** Answers with JSON. */
    public void respond(@Nullable Object json) {
        respondJson(JsonText.write(json));
    }

    /** Answers with JSON that is written already. */
    public void respondJson(byte[] json) {
        respond(OK, JSON, json, Map.of());
    }

    /** Answers with a body of another type. */
    public void respond(int status, String type, byte[] body) {
        respond(status, type, body, Map.of());
    }

    private void respond(int status, String type, byte[] body, Map<String, String> more) {
        if (answered.compareAndSet(false, true)) {
            Map<String, String> headers = ResponseHeaders.of(this, api, service, type);
            headers.putAll(more);
            model.end(); // first: a client that has its answer may ask for a model that takes the place of this one
            exchange.respond(status, headers, body);
            log(status);
        }
        model.end();
    }

    /** Answers that it went wrong; a stream of events ends with that, in the API's form. */
    public void fail(Throwable failure) {
        fail(failure, api::tell);
    }

    /**
     * Answers that it went wrong.
     *
     * @param failure what went wrong
     * @param last writes the last events of a stream, if there is one
     */
    public void fail(Throwable failure, BiConsumer<Problem, EventStream> last) {
        Problem problem = Problems.of(failure);
        if (problem.kind() == Problem.Kind.INTERNAL && !(failure instanceof ProblemException)) {
            LOG.warn("Request {} failed: {}", id(), failure.toString(), failure);
        }
        work.failed(problem);
        EventStream stream = events;
        if (stream != null) {
            last.accept(problem, stream);
            stream.end();
            return;
        }
        respond(problem.kind().status(), JSON, api.errorBody(problem), ResponseHeaders.of(problem));
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

    /** {@return what takes a body of another type, part by part} */
    public EventStream bytes(String type) {
        return stream(EventStream.bytes(type));
    }

    private EventStream stream(EventStream.Form form) {
        answered.set(true);
        work.streams();
        Map<String, String> headers = ResponseHeaders.of(this, api, service, form.type());
        headers.put("cache-control", "no-cache");
        headers.put("x-accel-buffering", "no"); // or proxies would hold events back
        ResponseStream response = exchange.begin(200, headers);
        // A client that has the last event may ask for a model that takes the place of this one.
        EventStream stream = new EventStream(form, response, service, work, model::end, this::gone);
        events = stream;
        exchange.onClosed(stream::close);
        return stream;
    }

    /** Ends it: its client has gone, or has all of a stream. */
    public void gone() {
        model.end();
        log(OK);
    }

    private void log(int status) {
        if (!logged.compareAndSet(false, true)) {
            return;
        }
        CallRecord noted = entry;
        if (noted != null) {
            noted.ended(closed ? "gone" : Integer.toString(status));
        }
        observer.ended(new FinishedCall(
                id(),
                Instant.now(),
                exchange.remoteAddress(),
                caller,
                exchange.method(),
                exchange.path(),
                arrived.route(),
                status,
                closed,
                Duration.ofNanos(System.nanoTime() - start),
                model.name(),
                used,
                work.soFar()));
    }
}
