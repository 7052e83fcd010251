package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Pooling;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.server.ModelsFixture.Reply;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.model.AdapterPreset;
import dev.tokapu.server.model.ModelPreset;
import dev.tokapu.server.pool.PoolOptions;
import dev.tokapu.testsupport.LoraWriter;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reranking by keys, with quotas and adapters, and in batches. */
@Timeout(300)
class RerankAccessIT {

    private static final String ONE = "sk-one-0123456789abcdef";
    private static final String FEW = "sk-few-0123456789abcdef";
    private static final String OTHER = "sk-other-0123456789abcdef";
    private static final String PATH = "/v1/rerank";

    @TempDir
    private static Path folder;

    private static ModelsFixture http;

    @BeforeAll
    static void start() throws Exception {
        Path model = Files.write(folder.resolve("reranker.gguf"), TinyPositionsGguf.RANKING.bytes());
        Path adapter = LoraWriter.of("bert", 1, 0.5f)
                .add("blk.0.attn_q.weight", 64, 64)
                .add("blk.0.attn_v.weight", 64, 64)
                .add("blk.1.ffn_down.weight", 128, 64)
                .write(folder.resolve("law.gguf"));
        ModelPreset preset = ModelsFixture.preset("ranks", model)
                .withAdapters(List.of(new AdapterPreset("law", List.of("jurist"), adapter, 1)));
        EngineOptions engine = EngineOptions.builder()
                .context(ServerFixture.context()
                        .embeddings(true)
                        .pooling(Pooling.UNSPECIFIED)
                        .build())
                .maxSequences(4)
                .sequenceContextSize(64)
                .build();
        ServerOptions options = ServerOptions.builder()
                .files(folder.resolve("files"))
                .callers(ApiKeys.parse(List.of(
                        ONE + " name=one", FEW + " name=few tokens-per-minute=60", OTHER + " name=other models=none")))
                .build();
        http = new ModelsFixture(
                new PoolOptions(1, Duration.ofMinutes(5)),
                List.of(preset.withOptions(preset.model(), engine)),
                options);
    }

    @AfterAll
    static void close() {
        http.close();
    }

    private static Reply send(String key, HttpRequest.Builder request) {
        return http.sending(request.header("authorization", "Bearer " + key).build())
                .join();
    }

    private static Reply post(String key, String path, String body) {
        return send(key, http.to(path).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String body(String model) {
        return "{\"model\":\"" + model
                + "\",\"query\":\"the sea\",\"documents\":[\"water\",\"a bird on a hill\",\"fish\"]}";
    }

    private static List<Double> scores(JsonNode answer) {
        Double[] scores = new Double[3];
        answer.path("results")
                .forEach(result -> scores[result.path("index").asInt()] = // sums depend on what is computed together
                        Math.rint(1e4 * result.path("relevance_score").asDouble()));
        return List.of(scores);
    }

    @Test
    void keys_sayWhoMayRerank() {
        assertThat(post("sk-wrong-0123456789abcdef", PATH, body("ranks")).status())
                .isEqualTo(401);
        Reply refused = post(OTHER, PATH, body("ranks"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().path("error").path("code").asText()).isEqualTo("model_not_allowed");
        assertThat(post(ONE, PATH, body("ranks")).status()).isEqualTo(200);
    }

    @Test
    void tokens_countForTheQuota() {
        Reply reply = post(FEW, PATH, body("ranks"));
        assertThat(reply.response().headers().firstValue("x-ratelimit-limit-tokens"))
                .contains("60");
        for (int i = 0; i < 20 && reply.status() == 200; i++) {
            assertThat(reply.json().path("usage").path("total_tokens").asInt()).isPositive();
            reply = post(FEW, PATH, body("ranks"));
        }
        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.response().headers().firstValue("retry-after")).isPresent();
    }

    @Test
    void adapters_areModels_withScoresOfTheirOwn() {
        Reply base = post(ONE, PATH, body("ranks"));
        Reply law = post(ONE, PATH, body("ranks:law"));
        assertThat(law.status()).as(law.json().toString()).isEqualTo(200);
        assertThat(law.json().path("model").asText()).isEqualTo("ranks:law");
        assertThat(scores(law.json())).isNotEqualTo(scores(base.json()));
        assertThat(scores(post(ONE, PATH, body("jurist")).json())).isEqualTo(scores(law.json()));
    }

    @Test
    void batch_hasTheSameScores_andTellsItsTokens() {
        List<String> lines = new ArrayList<>();
        for (String model : List.of("ranks", "ranks:law", "bogus")) {
            lines.add("{\"custom_id\":\"" + model + "\",\"method\":\"POST\",\"url\":\"" + PATH + "\",\"body\":"
                    + body(model) + "}");
        }
        HttpRequest upload = new FormData()
                .field("purpose", "batch")
                .file("file", "in.jsonl", String.join("\n", lines).getBytes(StandardCharsets.UTF_8))
                .to(http.to("/v1/files").header("authorization", "Bearer " + ONE));
        String file = http.sending(upload).join().json().path("id").asText();
        String id = post(
                        ONE,
                        "/v1/batches",
                        "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"" + PATH
                                + "\",\"completion_window\":\"24h\"}")
                .json()
                .path("id")
                .asText();
        JsonNode[] batch = new JsonNode[1];
        ServerFixture.await("the end of the batch", () -> {
            batch[0] = send(ONE, http.to("/v1/batches/" + id)).json();
            return batch[0].path("status").asText().equals("completed");
        });
        assertThat(batch[0].path("request_counts").toString()).isEqualTo("{\"total\":3,\"completed\":2,\"failed\":1}");
        String output =
                http.text(ONE, "/v1/files/" + batch[0].path("output_file_id").asText() + "/content");
        int tokens = 0;
        for (String line : output.strip().split("\n", -1)) {
            JsonNode answer = ServerFixture.json(line);
            JsonNode body = answer.path("response").path("body");
            Reply alone = post(ONE, PATH, body(answer.path("custom_id").asText()));
            assertThat(scores(body)).isEqualTo(scores(alone.json()));
            tokens += body.path("usage").path("prompt_tokens").asInt();
        }
        assertThat(tokens).isPositive();
        assertThat(batch[0].path("usage").path("input_tokens").asInt()).isEqualTo(tokens);
        assertThat(batch[0].path("usage").path("total_tokens").asInt()).isEqualTo(tokens);
        String errors =
                http.text(ONE, "/v1/files/" + batch[0].path("error_file_id").asText() + "/content");
        assertThat(errors).contains("\"status_code\":404", "model_not_found");
    }
}
