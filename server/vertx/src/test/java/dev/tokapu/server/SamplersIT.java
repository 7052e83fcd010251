package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.tokapu.Model;
import dev.tokapu.server.ServerFixture.Reply;
import dev.tokapu.testsupport.LlamaServer;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The samplers of requests: the tokens that llama-server chooses with the same seed. */
@Timeout(300)
@Tag("cpu") // sums of another device differ in their last bits, and with them what is drawn
class SamplersIT {

    /** What a model's file says, which requests change. */
    private static final Map<String, Object> OF_THE_FILE =
            Map.of("top_k", 50, "temp", 1.2f, "penalty_repeat", 1.1f, "xtc_probability", 0.2f, "xtc_threshold", 0.02f);

    private static final List<String> REQUESTS = List.of(
            "",
            "\"temperature\":1.3,\"top_k\":0,\"top_p\":0.7,\"min_p\":0",
            "\"typical_p\":0.3",
            "\"typical_p\":0.2,\"min_keep\":9,\"temperature\":2",
            "\"top_n_sigma\":1.1",
            "\"top_n_sigma\":-1,\"xtc_probability\":0.6,\"xtc_threshold\":0.01",
            "\"xtc_probability\":1,\"xtc_threshold\":0.005,\"temperature\":0",
            "\"dynatemp_range\":0.7,\"dynatemp_exponent\":2.5",
            "\"dynatemp_range\":0.4,\"temperature\":0",
            "\"mirostat\":1,\"mirostat_tau\":3,\"mirostat_eta\":0.2,\"top_k\":2",
            "\"mirostat\":2,\"temperature\":1.5,\"repeat_penalty\":1.5",
            "\"mirostat\":0,\"mirostat_tau\":3",
            "\"repeat_penalty\":1.3,\"repeat_last_n\":16777216,\"seed\":-2",
            "\"repeat_penalty\":1.2,\"repeat_last_n\":100,\"seed\":9007199254740993",
            "\"repeat_penalty\":1.3,\"frequency_penalty\":0.7,\"presence_penalty\":0.4,\"repeat_last_n\":5",
            "\"frequency_penalty\":1.5,\"samplers\":[\"top_k\",\"penalties\",\"temperature\"],\"top_k\":6",
            "\"dry_multiplier\":3,\"dry_allowed_length\":1,\"dry_base\":2,\"dry_sequence_breakers\":[\"z\"],\"top_k\":4",
            "\"samplers\":[\"temperature\",\"min-p\",\"typ\",\"Top_K\"],\"min_p\":0.2,\"temperature\":3,\"top_p\":0.01",
            "\"samplers\":\"tmk\",\"min_p\":0.2,\"temperature\":3,\"top_k\":7",
            "\"samplers\":[]",
            "\"samplers\":[\"top_k\",\"adaptive_p\"],\"adaptive_target\":0.3,\"adaptive_decay\":0.5",
            "\"samplers\":[\"adaptive_p\"]",
            "\"samplers\":[\"top_k\",\"top_p\",\"infill\"],\"top_k\":40,\"top_p\":0.99",
            "\"logit_bias\":[[70,4],[71,3]],\"typical_p\":0.5,\"seed\":11");

    @TempDir
    static Path folder;

    private static ServerFixture http;
    private static Model model;

    @BeforeAll
    static void start() {
        model = Model.load(TinyGguf.builder().fillInMiddle().build().write(folder.resolve("plain.gguf")));
        http = new ServerFixture(model, 2, 256, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static String body(String more) {
        return "{\"prompt\":\"once upon a time there was\",\"n_predict\":16,\"return_tokens\":true"
                + (more.contains("\"seed\"") ? "" : ",\"seed\":3") + (more.isEmpty() ? "" : "," + more) + "}";
    }

    private static ArrayNode tokens(int status, String answer) {
        assertThat(status).as(answer).isEqualTo(200);
        ArrayNode tokens = (ArrayNode) ServerFixture.json(answer).path("tokens");
        assertThat(tokens).as(answer).isNotEmpty();
        return tokens;
    }

    /** llama-server's have the token that ends the answer. */
    private static ArrayNode tokens(LlamaServer.Answer answer) {
        ArrayNode tokens = tokens(answer.status(), answer.body());
        if (ServerFixture.json(answer.body()).path("stop_type").asText().equals("eos")) {
            tokens.remove(tokens.size() - 1);
        }
        return tokens;
    }

    private static void assertEqualTokens(Path file, ServerFixture ours) {
        Map<String, JsonNode> expected = new LinkedHashMap<>();
        Map<String, JsonNode> actual = new LinkedHashMap<>();
        try (LlamaServer server = LlamaServer.start(Path.of(System.getProperty("tokapu.root")), file, List.of())) {
            for (String more : REQUESTS) {
                expected.put(more, tokens(server.post("/completion", body(more))));
                Reply reply = ours.post("/completion", body(more));
                actual.put(more, tokens(reply.status(), reply.response().body()));
            }
        }
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void seededTokens_equalLlamaServers() {
        assertEqualTokens(folder.resolve("plain.gguf"), http);
    }

    @Test
    void seededTokens_equalLlamaServers_whereTheFileHasValues() {
        TinyGguf.Builder builder = TinyGguf.builder().fillInMiddle();
        OF_THE_FILE.forEach((key, value) -> builder.metadata("general.sampling." + key, value));
        Path file = builder.build().write(folder.resolve("values.gguf"));
        try (Model own = Model.load(file);
                ServerFixture ours = new ServerFixture(own, 2, 256, ServerOptions.defaults())) {
            assertEqualTokens(file, ours);
        }
    }

    /** What is wrong, and what is named. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"typical_p\":1.1 | typical_p",
                "\"top_n_sigma\":-2 | top_n_sigma",
                "\"min_keep\":-1 | min_keep",
                "\"xtc_probability\":2 | xtc_probability",
                "\"xtc_threshold\":-0.1 | xtc_threshold",
                "\"dynatemp_range\":-1 | dynatemp_range",
                "\"dynatemp_exponent\":\"1\" | dynatemp_exponent",
                "\"mirostat\":3 | mirostat",
                "\"mirostat_tau\":0 | mirostat_tau",
                "\"mirostat_eta\":-1 | mirostat_eta",
                "\"adaptive_target\":2 | adaptive_target",
                "\"adaptive_decay\":1 | adaptive_decay",
                "\"repeat_last_n\":-2 | repeat_last_n",
                "\"samplers\":[\"top_k\",\"best\"] | samplers",
                "\"samplers\":\"kz\" | samplers",
                "\"samplers\":[\"penalties\",\"top_k\",\"penalties\"] | samplers",
                "\"samplers\":\"kik\" | samplers",
                "\"samplers\":[1] | samplers[0]",
                "\"samplers\":{} | samplers"
            })
    void valueOutOfRange_isNamed_whereverItIsTaken(String more, String named) {
        String prompt = "{\"prompt\":\"a\"," + more + "}";
        String gap = "{\"input_prefix\":\"a\",\"input_suffix\":\"b\"," + more + "}";
        String input = "{\"input\":\"a\"," + more + "}";
        Map.of("/completion", prompt, "/v1/completions", prompt, "/infill", gap, "/v1/responses", input)
                .forEach((path, body) -> {
                    Reply reply = http.post(path, body);
                    assertThat(reply.status()).as(path).isEqualTo(400);
                    assertThat(reply.json().path("error").path("message").asText())
                            .startsWith(named + " ");
                });
    }
}
