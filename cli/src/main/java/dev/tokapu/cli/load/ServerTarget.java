package dev.tokapu.cli.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLException;

/**
 * A server with OpenAI's API: each request is a streamed answer. Two threads serve all connections.
 *
 * <p>Thread safety: as {@link Target} says.
 */
public final class ServerTarget implements Target {

    /** Words that are a token each for nearly every tokenizer; a token of a {@link LoadRequest} is a place in this list. */
    private static final String[] WORDS =
            ("time year people way day man thing woman life child world school state family student"
                            + " group country problem hand part place case week company system program question work government number"
                            + " night point home water room mother area money story fact month lot right study book eye job word"
                            + " business issue side kind head house service friend father power hour game line end member law car city")
                    .split(" ", -1);

    /** What the tokens of prompts are drawn from. */
    public static final Range VOCABULARY = new Range(1, WORDS.length);

    /** How the reason begins where nothing listens. */
    public static final String CANNOT_CONNECT = "cannot connect";

    /** How the reason begins where no such host is known. */
    public static final String UNKNOWN_HOST = "the host is not known";

    private static final JsonFactory JSON = new JsonFactory();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
    private static final int OK = 200;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private final Settings settings;
    private final ExecutorService threads = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "load-http");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(threads)
            .build();

    /**
     * How requests are made.
     *
     * @param server its address, such as {@code http://localhost:8080}
     * @param model the name that requests carry
     * @param key the API key, or the empty string
     * @param chat whether prompts are messages of a chat, else texts to be continued
     * @param ignoreEos whether the server is asked to go on where the model ends its answer
     */
    public record Settings(URI server, String model, String key, boolean chat, boolean ignoreEos) {}

    /** A server that is not asked yet. */
    public ServerTarget(Settings settings) {
        this.settings = settings;
    }

    @Override
    public void send(LoadRequest request, Receiver receiver) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(
                        path(settings.server(), settings.chat() ? "/v1/chat/completions" : "/v1/completions"))
                .header("content-type", "application/json")
                .header("accept", "text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(body(request)));
        if (!settings.key().isEmpty()) {
            builder.header("authorization", "Bearer " + settings.key());
        }
        CompletableFuture<Void> unused = client.sendAsync(builder.build(), info -> subscriber(info, receiver))
                .handle((response, failure) -> failure == null ? response.body() : new Outcome.Failed(reason(failure)))
                .thenAccept(receiver::onEnd);
    }

    private static HttpResponse.BodySubscriber<Outcome> subscriber(HttpResponse.ResponseInfo info, Receiver receiver) {
        String type = info.headers().firstValue("content-type").orElse("no content type");
        if (info.statusCode() == OK && type.startsWith("text/event-stream")) {
            return HttpResponse.BodySubscribers.fromLineSubscriber(
                    new StreamedAnswer(receiver), StreamedAnswer::outcome, StandardCharsets.UTF_8, null);
        }
        return HttpResponse.BodySubscribers.mapping(
                HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8), body -> refused(info, type, body));
    }

    private static Outcome refused(HttpResponse.ResponseInfo info, String type, String body) {
        int status = info.statusCode();
        if (status == TOO_MANY_REQUESTS || status == UNAVAILABLE) {
            return new Outcome.Rejected(
                    retryAfter(info.headers().firstValue("retry-after").orElse("")));
        }
        return new Outcome.Failed(
                status == OK
                        ? "the answer is no event stream, but " + type
                        : "status " + status + (body.isBlank() ? "" : ": " + StreamedAnswer.message(body)));
    }

    /** Seconds; a date, which HTTP allows as well, is not read. */
    private static double retryAfter(String header) {
        try {
            return Double.parseDouble(header);
        } catch (NumberFormatException noNumber) {
            return -1;
        }
    }

    /** {@return why a connection failed, without what differs from one request to the next} */
    public static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ConnectException) {
            for (Throwable next = cause; next != null; next = next.getCause()) {
                if (next instanceof UnresolvedAddressException) {
                    return UNKNOWN_HOST;
                }
            }
            return CANNOT_CONNECT;
        }
        String message = StreamedAnswer.shortened(String.valueOf(cause.getMessage()));
        if (cause instanceof HttpTimeoutException) {
            return CANNOT_CONNECT + ": " + message;
        }
        return (cause instanceof SSLException ? "TLS: " : "the connection was cut: ") + message;
    }

    /** {@return the address of a path of a server} */
    public static URI path(URI server, String path) {
        return URI.create(server.toString().replaceFirst("/+$", "") + path);
    }

    String body(LoadRequest request) {
        StringBuilder prompt = new StringBuilder();
        for (int token : request.promptTokens()) {
            prompt.append(prompt.isEmpty() ? "" : " ").append(WORDS[Math.floorMod(token - 1, WORDS.length)]);
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("model", settings.model());
            if (settings.chat()) {
                json.writeArrayFieldStart("messages");
                json.writeStartObject();
                json.writeStringField("role", "user");
                json.writeStringField("content", prompt.toString());
                json.writeEndObject();
                json.writeEndArray();
            } else {
                json.writeStringField("prompt", prompt.toString());
            }
            json.writeNumberField("max_tokens", request.maxTokens());
            json.writeNumberField("temperature", 0);
            json.writeBooleanField("stream", true);
            json.writeObjectFieldStart("stream_options");
            json.writeBooleanField("include_usage", true);
            json.writeEndObject();
            if (settings.ignoreEos()) {
                json.writeBooleanField("ignore_eos", true);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
