package dev.tokapu.server.streams;

import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.openai.OpenAiErrors;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * llama-server's /v1/stream: a stream of events that is asked for with {@code "stream": true} and the header {@code X-Conversation-Id} goes
 * on when its client leaves, and can be read again, from any byte that is kept, or stopped, under that id.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class StreamsApi implements Api, AutoCloseable {

    static final String HEADER = "x-conversation-id";

    private static final int MOST_LOOKED_UP = 1000;
    static final Duration RETRY = Duration.ofSeconds(1);

    private final Service service;
    private final KeptStreams streams = new KeptStreams(() -> System.currentTimeMillis() / 1000);

    /**
     * Creates it.
     *
     * @param service what it works with
     */
    public StreamsApi(Service service) {
        this.service = service;
    }

    @Override
    public void addTo(Routes routes) {
        routes.addQuick(this, "GET", "/v1/stream", this::read)
                .addQuick(this, "DELETE", "/v1/stream", this::stop)
                .add(this, "POST", "/v1/streams/lookup", this::lookUp);
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return OpenAiErrors.body(problem);
    }

    /**
     * Keeps the events that answer a request, if it asks for that and for events.
     *
     * @param exchange the request
     * @param caller whose it is
     * @return the exchange to be answered in its place
     */
    public Exchange keep(Exchange exchange, Caller caller) {
        String id = exchange.header(HEADER);
        if (id == null || id.isEmpty() || !exchange.method().equals("POST")) {
            return exchange;
        }
        return KeptExchange.of(exchange, streams, caller.tenant(), id);
    }

    private static String id(Call call) {
        String id = call.exchange().query("conv_id");
        if (id == null || id.isEmpty()) {
            throw new ProblemException(
                    Problem.parameter("conv_id", "conv_id is missing in the query; it is the id of a conversation"));
        }
        return id;
    }

    private void read(Call call) {
        String id = id(call);
        @Nullable KeptStream stream = streams.find(id, call.caller().tenant());
        if (stream == null) {
            throw new ProblemException(
                    Problem.of(Kind.NOT_FOUND, "there is no stream of the conversation " + Problem.shown(id))
                            .withCode("stream_not_found"));
        }
        long from = from(call.exchange().query("from"));
        if (!stream.hasBegun()) {
            throw new ProblemException(Problem.of(
                            Kind.UNAVAILABLE,
                            "the stream has not begun; its model is being loaded, or others are first")
                    .withCode("stream_not_begun")
                    .withRetryAfter(RETRY));
        }
        if (stream.from(from, 0) == null || from > stream.total()) {
            throw new ProblemException(Problem.parameter(
                    "from",
                    "from is " + from + ", and of " + stream.total() + " bytes the last " + stream.size()
                            + " are kept; begin there, or ask again from the start"));
        }
        StreamReader.send(call, stream, from, service.workers().answers());
    }

    private static long from(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return 0;
        }
        if (!text.matches("\\d{1,15}")) {
            throw new ProblemException(
                    Problem.parameter("from", "from is " + Problem.shown(text) + "; it must be a number of bytes"));
        }
        return Long.parseLong(text);
    }

    private void stop(Call call) {
        streams.stop(id(call), call.caller().tenant());
        call.respond(204, "application/json", new byte[0]);
    }

    /** Only ids that the caller names are looked up: callers cannot find out others. */
    private void lookUp(Call call) {
        JsonObject body = call.json();
        List<JsonValue> ids = body.elements("conversation_ids");
        if (ids.size() > MOST_LOOKED_UP) {
            throw new ProblemException(Problem.parameter(
                    "conversation_ids", "conversation_ids has " + ids.size() + " ids; give at most " + MOST_LOOKED_UP));
        }
        List<String> names =
                ids.stream().map(JsonValue::text).filter(id -> !id.isEmpty()).toList();
        body.rejectUnknown(Set.of());
        List<Map<String, Object>> found = streams.lookUp(names, call.caller().tenant()).stream()
                .map(KeptStream::json)
                .toList();
        call.respond(found);
    }

    /** Stops the running streams. */
    @Override
    public void close() {
        streams.close();
    }
}
