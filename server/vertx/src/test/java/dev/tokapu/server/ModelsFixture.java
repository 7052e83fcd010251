package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.ModelOptions;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.server.model.ModelPreset;
import dev.tokapu.server.model.ServedModels;
import dev.tokapu.server.pool.PoolOptions;
import dev.tokapu.source.ModelSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A server of models that are loaded on demand, and a client. */
final class ModelsFixture implements AutoCloseable {

    final ServedModels models;
    final Server server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    ModelsFixture(PoolOptions options, List<ModelPreset> presets, ServerOptions server) {
        models = ServedModels.ofPresets(options, presets);
        this.server = Server.start(server.toBuilder().port(0).build(), models);
    }

    ModelsFixture(int maxLoaded, ModelPreset... presets) {
        this(new PoolOptions(maxLoaded, Duration.ofMinutes(5)), List.of(presets), ServerOptions.defaults());
    }

    static ModelPreset preset(String name, Path file) {
        EngineOptions engine = EngineOptions.builder()
                .context(ServerFixture.context().build())
                .maxSequences(4)
                .sequenceContextSize(128)
                .samplingThreads(1)
                .build();
        return ModelPreset.of(name, ModelSource.file(file)).withOptions(ModelOptions.defaults(), engine);
    }

    /** The settings of a completion of some tokens. */
    static String completion(String model, int tokens) {
        return "{\"model\":\"" + model + "\",\"prompt\":\"abc\",\"max_tokens\":" + tokens
                + ",\"temperature\":0,\"ignore_eos\":true}";
    }

    Reply complete(String model) {
        return post("/v1/completions", completion(model, 3));
    }

    /** The text of a completion. */
    static String text(Reply reply) {
        assertThat(reply.status()).as(reply.json().toString()).isEqualTo(200);
        return reply.json().path("choices").path(0).path("text").asText();
    }

    record Reply(int status, JsonNode json, HttpResponse<String> response) {}

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofMinutes(4));
    }

    CompletableFuture<Reply> sending(HttpRequest request) {
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenApply(response -> {
            JsonNode json = ServerFixture.json(response.body());
            OpenApi.checkResponse(request.uri().getPath(), response.statusCode(), json);
            return new Reply(response.statusCode(), json, response);
        });
    }

    CompletableFuture<Reply> posting(String path, String body) {
        return sending(to(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
    }

    Reply post(String path, String body) {
        return posting(path, body).join();
    }

    Reply get(String path) {
        return sending(to(path).build()).join();
    }

    /** The response to a GET, whatever its type. */
    HttpResponse<String> response(String path) {
        return client.sendAsync(to(path).build(), HttpResponse.BodyHandlers.ofString())
                .join();
    }

    /** What a key gets. */
    String text(String key, String path) {
        return client.sendAsync(
                        to(path).header("authorization", "Bearer " + key).build(), HttpResponse.BodyHandlers.ofString())
                .join()
                .body();
    }

    /** The state of a model as /v1/models tells it. */
    String state(String name) {
        return get("/v1/models/" + name).json().path("state").asText();
    }

    @Override
    public void close() {
        server.close();
        models.close();
    }
}
