package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TinyModel;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.ranking.RankedDocument;
import dev.tokapu.ranking.RerankPrompt;
import dev.tokapu.ranking.Reranker;
import dev.tokapu.server.ServerFixture.Reply;
import dev.tokapu.server.model.ModelPreset;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** /v1/rerank. */
@Timeout(300)
class RerankIT {

    private static final String PATH = "/v1/rerank";
    private static final String QUERY = "\"query\":\"the sea\"";
    private static final List<String> TEXTS = List.of("water", "a bird on a hill", "fish");
    private static final String LIST = "[\"water\",\"a bird on a hill\",\"fish\"]";

    @TempDir
    static Path folder;

    @TinyModel
    private static Model tiny;

    private static Model model;
    private static ServerFixture http;

    private static Path write(String name) throws IOException {
        return Files.write(folder.resolve(name), TinyPositionsGguf.RANKING.bytes());
    }

    private static EngineOptions engine(Pooling pooling) {
        return EngineOptions.builder()
                .context(ServerFixture.context()
                        .embeddings(true)
                        .pooling(pooling)
                        .build())
                .maxSequences(4)
                .sequenceContextSize(64)
                .build();
    }

    @BeforeAll
    static void start() throws IOException {
        model = Model.load(write("reranker.gguf"));
        http = new ServerFixture(model, engine(Pooling.UNSPECIFIED), ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static JsonNode ok(String path, String members) {
        Reply reply = http.post(path, "{" + QUERY + "," + members + "}");
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        return reply.json();
    }

    private static void assertBest(JsonNode results, String score, int count) throws Exception {
        List<RankedDocument> expected = Reranker.of(http.engine).rerank("the sea", TEXTS);
        assertThat(results).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(results.path(i).path("index").asInt(-1))
                    .isEqualTo(expected.get(i).index());
            assertThat(results.path(i).path(score).floatValue())
                    .isCloseTo(expected.get(i).score(), within(1e-4f));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/rerank", "/v1/reranking", "/rerank", "/reranking"})
    void documents_comeBestFirst_withTheEnginesScores(String path) throws Exception {
        JsonNode json = ok(path, "\"model\":\"test\",\"documents\":" + LIST);
        assertBest(json.path("results"), "relevance_score", 3);
        assertThat(json.path("results").path(0).has("document")).isFalse();
        assertThat(json.path("model").asText()).isEqualTo("test");
        assertThat(json.path("object").asText()).isEqualTo("list");
    }

    @Test
    void usage_isThatOfAllPrompts() {
        JsonNode usage = ok(PATH, "\"documents\":" + LIST).path("usage");
        RerankPrompt.Query query = RerankPrompt.of(model).query("the sea");
        int tokens = TEXTS.stream().mapToInt(text -> query.tokens(text).length).sum();
        assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(tokens);
        assertThat(usage.path("total_tokens").asInt()).isEqualTo(tokens);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,3", "99,3"})
    void topN_areTheBest_inBothForms(int topN, int count) throws Exception {
        assertBest(ok(PATH, "\"top_n\":" + topN + ",\"documents\":" + LIST).path("results"), "relevance_score", count);
        assertBest(ok(PATH, "\"top_n\":" + topN + ",\"texts\":" + LIST), "score", count);
    }

    @Test
    void documents_areToldOnRequest() {
        JsonNode results = ok(
                        PATH,
                        "\"return_documents\":true,\"documents\":[{\"text\":\"water\"},\"a bird on a hill\",\"fish\"]")
                .path("results");
        for (JsonNode result : results) {
            assertThat(result.path("document").path("text").asText())
                    .isEqualTo(TEXTS.get(result.path("index").asInt()));
        }
    }

    @Test
    void texts_areAnsweredInTheFormOfTextEmbeddingsInference() throws Exception {
        JsonNode plain = ok(PATH, "\"texts\":" + LIST);
        assertBest(plain, "score", 3);
        assertThat(plain.path(0).has("text")).isFalse();
        for (JsonNode result : ok(PATH, "\"return_text\":true,\"raw_scores\":true,\"texts\":" + LIST)) {
            assertThat(result.path("text").asText())
                    .isEqualTo(TEXTS.get(result.path("index").asInt()));
        }
    }

    @Test
    void scoresThatAreNotRaw_areBetween0And1() {
        JsonNode raw = ok(PATH, "\"raw_scores\":true,\"texts\":" + LIST);
        JsonNode scaled = ok(PATH, "\"raw_scores\":false,\"texts\":" + LIST);
        for (int i = 0; i < TEXTS.size(); i++) {
            double score = raw.path(i).path("score").asDouble();
            assertThat(scaled.path(i).path("index")).isEqualTo(raw.path(i).path("index"));
            assertThat(scaled.path(i).path("score").asDouble()).isCloseTo(1 / (1 + Math.exp(-score)), within(1e-3));
        }
    }

    @Test
    void textThatIsTooLong_isNamed_orCut() {
        String members = "\"texts\":[\"a\",\"" + "word ".repeat(100) + "\"]";
        Reply reply = http.post(PATH, "{" + QUERY + "," + members + "}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").path("param").asText()).isEqualTo("texts[1]");
        assertThat(reply.json().path("error").path("message").asText()).contains("at most 64");
        assertThat(ok(PATH, "\"truncate\":true,\"truncation_direction\":\"Right\"," + members))
                .hasSize(2);
        String query = "{\"query\":\"" + "word ".repeat(100) + "\",\"truncate\":true,\"texts\":[\"a\"]}";
        Reply noRoom = http.post(PATH, query);
        assertThat(noRoom.status()).isEqualTo(400);
        assertThat(noRoom.json().path("error").path("param").asText()).isEqualTo("query");
        assertThat(noRoom.json().path("error").path("message").asText()).contains("no room", "at most 64");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'documents':['a']}|query",
                "{'query':1,'documents':['a']}|query",
                "{'query':'a'}|documents",
                "{'query':'a','documents':null}|documents",
                "{'query':'a','documents':[]}|documents",
                "{'query':'a','documents':123}|documents",
                "{'query':'a','documents':[1,2,3]}|documents[0]",
                "{'query':'a','documents':[{'title':'x'}]}|documents[0].text",
                "{'query':'a','documents':[{'text':'x','image':'y'}]}|documents[0].image",
                "{'query':'a','texts':[{'text':'x'}]}|texts[0]",
                "{'query':'a','texts':['x'],'documents':['x']}|documents",
                "{'query':'a','documents':['a'],'top_n':0}|top_n",
                "{'query':'a','documents':['a'],'return_text':true}|return_text",
                "{'query':'a','documents':['a'],'raw_scores':false}|raw_scores",
                "{'query':'a','texts':['a'],'truncation_direction':'Left'}|truncation_direction",
                "{'query':'a','documents':['a'],'bogus':1}|bogus",
            })
    void wrongValues_areNamed(String body, String parameter) {
        Reply reply = http.post(PATH, body.replace('\'', '"'));
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(400);
        assertThat(reply.json().path("error").path("param").asText()).isEqualTo(parameter);
    }

    @Test
    void modelsForAnswersOrEmbeddings_areRefused() {
        String body = "{" + QUERY + ",\"documents\":" + LIST + "}";
        try (ServerFixture answers = new ServerFixture(tiny, 1, 64, ServerOptions.defaults());
                ServerFixture vectors = new ServerFixture(tiny, engine(Pooling.MEAN), ServerOptions.defaults())) {
            Reply reply = answers.post(PATH, body);
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.json().path("error").path("param").asText()).isEqualTo("model");
            assertThat(reply.json().path("error").path("message").asText()).contains("answers", "rerank");
            assertThat(vectors.post(PATH, body).status()).isEqualTo(400);
        }
    }

    @Test
    void capabilities_areToldWhetherOrNotItIsLoaded() throws IOException {
        ModelPreset preset = ModelsFixture.preset("ranks", write("preset.gguf"));
        try (ModelsFixture models =
                new ModelsFixture(1, preset.withOptions(preset.model(), engine(Pooling.UNSPECIFIED)))) {
            for (String state : List.of("unloaded", "loaded")) {
                assertThat(models.state("ranks")).isEqualTo(state);
                assertThat(models.get("/v1/models/ranks")
                                .json()
                                .path("capabilities")
                                .toString())
                        .isEqualTo("[\"rerank\"]");
                assertThat(models.post("/api/show", "{\"model\":\"ranks\"}")
                                .json()
                                .path("capabilities")
                                .toString())
                        .isEqualTo("[\"rerank\"]");
                models.post(PATH, "{\"model\":\"ranks\"," + QUERY + ",\"documents\":" + LIST + "}");
            }
        }
    }
}
