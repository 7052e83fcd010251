package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TinyModel;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.server.model.ServedModel;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** /api/embed of a model that makes embeddings. */
@Timeout(300)
class OllamaEmbedIT {

    @TinyModel
    private static Model model;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static Engine engine;
    private static Server server;

    @BeforeAll
    static void start() {
        ContextOptions context = ContextOptions.builder()
                .embeddings(true)
                .pooling(Pooling.MEAN)
                .threads(1)
                .batchThreads(1)
                .build();
        engine = Engine.start(
                model,
                EngineOptions.builder()
                        .context(context)
                        .maxSequences(4)
                        .sequenceContextSize(64)
                        .build());
        server = Server.start(
                ServerOptions.builder().port(0).build(), List.of(new ServedModel("vectors", List.of(), engine)));
    }

    @AfterAll
    static void close() {
        server.close();
        engine.close();
    }

    private static JsonNode post(String path, String body, int status) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        HttpResponse<String> response = CLIENT.send(
                HttpRequest.newBuilder(uri)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return ServerFixture.json(response.body());
    }

    private static String body(String input) {
        return "{\"model\":\"vectors\",\"input\":" + input + "}";
    }

    @Test
    void texts_haveVectorsOfLengthOne() throws Exception {
        JsonNode two = post("/api/embed", body("[\"one text\",\"another\"]"), 200);
        assertThat(two.path("embeddings")).hasSize(2);
        assertThat(two.path("prompt_eval_count").asInt()).isPositive();
        double squares = 0;
        for (JsonNode number : two.path("embeddings").path(0)) {
            squares += number.asDouble() * number.asDouble();
        }
        assertThat(squares).isCloseTo(1, within(1e-3));
        JsonNode one = post("/api/embed", body("\"one text\""), 200);
        assertThat(one.path("embeddings").path(0))
                .hasSameSizeAs(two.path("embeddings").path(0));
    }

    @Test
    void dimensions_areTheFirstOnes_allWhereThereAreFewer() throws Exception {
        JsonNode whole =
                post("/api/embed", body("\"one text\""), 200).path("embeddings").path(0);
        JsonNode some = post("/api/embed", body("\"one text\",\"dimensions\":8"), 200)
                .path("embeddings")
                .path(0);
        assertThat(some).hasSize(8);
        double length = 0;
        for (int i = 0; i < some.size(); i++) {
            length = Math.hypot(length, whole.path(i).asDouble());
        }
        for (int i = 0; i < some.size(); i++) {
            assertThat(some.path(i).asDouble()).isCloseTo(whole.path(i).asDouble() / length, within(1e-3));
        }
        assertThat(post("/api/embed", body("\"one text\",\"dimensions\":100000"), 200)
                        .path("embeddings")
                        .path(0))
                .hasSameSizeAs(whole);
        post("/api/embed", body("\"one text\",\"dimensions\":-1"), 400);
    }

    @Test
    void longText_isCutUnlessItMustNot() throws Exception {
        String text = "\"" + "word ".repeat(200) + "\"";
        assertThat(post("/api/embed", body(text), 200).path("prompt_eval_count").asInt())
                .isEqualTo(64);
        assertThat(post("/api/embed", body(text + ",\"truncate\":false"), 400)
                        .path("error")
                        .asText())
                .isNotEmpty();
    }

    @Test
    void textOfAnOlderClient_hasItsVectorAsTheModelGivesIt() throws Exception {
        JsonNode old = post("/api/embeddings", "{\"model\":\"vectors\",\"prompt\":\"one text\"}", 200)
                .path("embedding");
        JsonNode present =
                post("/api/embed", body("\"one text\""), 200).path("embeddings").path(0);
        assertThat(old).hasSameSizeAs(present);
        double squares = 0;
        for (JsonNode number : old) {
            squares += number.asDouble() * number.asDouble();
        }
        for (int i = 0; i < old.size(); i++) {
            assertThat(old.path(i).asDouble() / Math.sqrt(squares))
                    .isCloseTo(present.path(i).asDouble(), within(1e-4));
        }
        assertThat(Math.sqrt(squares)).isNotCloseTo(1, within(1e-2));
    }

    @Test
    void textOfAnOlderClient_thatIsEmptyOrTooLong() throws Exception {
        JsonNode none = post("/api/embeddings", "{\"model\":\"vectors\",\"prompt\":\"\",\"keep_alive\":\"5m\"}", 200);
        assertThat(none.path("embedding").isArray()).isTrue();
        assertThat(none.path("embedding")).isEmpty();
        String text = "word ".repeat(200);
        post("/api/embeddings", "{\"model\":\"vectors\",\"prompt\":\"" + text + "\"}", 400);
        assertThat(post("/api/embeddings", "{\"model\":\"vectors\",\"prompt\":\"x\",\"input\":\"y\"}", 400)
                        .path("error")
                        .asText())
                .startsWith("input");
    }

    @Test
    void noText_hasNoVectors() throws Exception {
        assertThat(post("/api/embed", body("[]"), 200).path("embeddings")).isEmpty();
    }

    @Test
    void chat_isRefused() throws Exception {
        post("/api/chat", "{\"model\":\"vectors\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", 400);
        assertThat(post("/api/show", "{\"model\":\"vectors\"}", 200)
                        .path("capabilities")
                        .toString())
                .isEqualTo("[\"embedding\"]");
    }
}
