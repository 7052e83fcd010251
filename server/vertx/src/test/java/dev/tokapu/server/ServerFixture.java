package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.server.model.ServedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A server of one model, at a port of its own, and a client. */
final class ServerFixture implements AutoCloseable {

    static final String NAME = "test";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    final Engine engine;
    final Server server;
    final HttpClient client;
    private final String scheme;

    ServerFixture(Model model, int sequences, int contextSize, ServerOptions options) {
        this(model, sequences, contextSize, 1024, options);
    }

    ServerFixture(Model model, int sequences, int contextSize, int queue, ServerOptions options) {
        this(
                model,
                EngineOptions.builder()
                        .context(context().build())
                        .maxSequences(sequences)
                        .sequenceContextSize(contextSize)
                        .queueCapacity(queue)
                        .samplingThreads(1)
                        .build(),
                options);
    }

    ServerFixture(Model model, EngineOptions engineOptions, ServerOptions options) {
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        Path certificate = options.tlsCertificate();
        scheme = certificate == null ? "http" : "https";
        client = (certificate == null ? builder : builder.sslContext(TestCertificate.trusting(certificate))).build();
        engine = Engine.start(model, engineOptions);
        server = Server.start(
                options.toBuilder().port(0).build(), List.of(new ServedModel(NAME, List.of("alias"), engine)));
    }

    static ContextOptions.Builder context() {
        return ContextOptions.builder().threads(1).batchThreads(1);
    }

    /** A response and what it says. */
    record Reply(int status, JsonNode json, HttpResponse<String> response) {}

    URI uri(String path) {
        return URI.create(scheme + "://127.0.0.1:" + server.port() + path);
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofMinutes(4));
    }

    Reply get(String path) {
        return send(to(path).build());
    }

    Reply post(String path, String body) {
        return send(to(path).header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    /** The events of a stream; the last of them must be [DONE], which is left out. */
    List<JsonNode> stream(String path, String body) {
        try {
            HttpResponse<String> response = client.send(
                    to(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                    HttpResponse.BodyHandlers.ofString());
            List<String> events = events(response.body());
            if (response.statusCode() != 200 || !events.get(events.size() - 1).equals("[DONE]")) {
                throw new AssertionError(response.statusCode() + ": " + response.body());
            }
            return events.subList(0, events.size() - 1).stream()
                    .map(ServerFixture::json)
                    .peek(event -> OpenApi.checkEvent(path, event))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The events of a stream of /v1/responses, each named as its type. */
    List<JsonNode> typedEvents(String path, String body) {
        HttpResponse<String> response =
                raw(to(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
        List<JsonNode> events = new ArrayList<>();
        for (String block : response.body().split("\n\n", -1)) {
            if (block.startsWith("event: ")) {
                JsonNode event = json(block.substring(block.indexOf("\ndata: ") + "\ndata: ".length()));
                assertThat(block).startsWith("event: " + event.path("type").asText() + "\n");
                assertThat(event.path("sequence_number").asInt(-1)).isEqualTo(events.size());
                OpenApi.checkTypedEvent(event);
                events.add(event);
            } else {
                assertThat(block).isIn("", ": keep-alive");
            }
        }
        return events;
    }

    Reply delete(String path) {
        return send(to(path).DELETE().build());
    }

    /** The response to a GET, whatever its type. */
    HttpResponse<String> text(String path) {
        return raw(to(path).build());
    }

    Reply send(HttpRequest request) {
        HttpResponse<String> response = raw(request);
        JsonNode body = json(response.body());
        OpenApi.checkResponse(request.uri().getPath(), response.statusCode(), body);
        return new Reply(response.statusCode(), body, response);
    }

    /** The response, whatever its type. */
    HttpResponse<String> raw(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    /** The data of the events of a stream, [DONE] as it is. */
    private static List<String> events(String body) {
        List<String> events = new ArrayList<>();
        for (String block : body.split("\n\n", -1)) {
            if (block.startsWith("data: ")) {
                events.add(block.substring("data: ".length()));
            }
        }
        return events;
    }

    /** OpenAI's client for Java, which validates what it gets. */
    OpenAIClient openAiClient() {
        return OpenAIOkHttpClient.builder()
                .apiKey("none")
                .baseUrl(uri("/v1").toString())
                .responseValidation(true)
                .maxRetries(0)
                .build();
    }

    /** Waits for something that will be. */
    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(what + " does not come");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    @Override
    public void close() {
        server.close();
        engine.close();
    }
}
