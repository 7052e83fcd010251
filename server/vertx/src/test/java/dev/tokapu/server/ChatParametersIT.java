package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.ScriptedChat;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.server.ServerFixture.Reply;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which parameters /v1/chat/completions refuses and which it ignores. */
@Timeout(300)
class ChatParametersIT {

    private static final String PATH = "/v1/chat/completions";
    private static final String TEXT = "Four.";
    private static final String TEXT_QUESTION = "What is 3 and 1?";
    private static final String TOOLS = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\"}}]";

    @TempDir
    static Path folder;

    private static Model model;
    private static ServerFixture http;

    @BeforeAll
    static void start() {
        model = new ScriptedChat(folder, List.of())
                .says(TEXT, ChatMessage.user(TEXT_QUESTION))
                .load();
        http = new ServerFixture(model, 2, 0, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static String body(String question, String... more) {
        return "{\"model\":\"test\",\"messages\":[{\"role\":\"user\",\"content\":\"" + question
                + "\"}],\"temperature\":0,\"max_completion_tokens\":300"
                + (more.length == 0 ? "" : "," + String.join(",", more)) + "}";
    }

    /** What is wrong, the status, the parameter that is named. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"bogus\":1 | 400 | bogus",
                "\"min_p\":\"hot\" | 400 | min_p",
                "\"min_p\":-1 | 400 | min_p",
                "\"dry_multiplier\":-1 | 400 | dry_multiplier",
                "\"dry_sequence_breakers\":[] | 400 | dry_sequence_breakers",
                "\"top_p\":2 | 400 | top_p",
                "\"n\":3 | 400 | n",
                "\"n\":0 | 400 | n",
                "\"max_tokens\":7 | 400 | max_completion_tokens",
                "\"stream_options\":{} | 400 | stream_options",
                "\"top_logprobs\":3 | 400 | top_logprobs",
                "\"logprobs\":true," + TOOLS + " | 400 | logprobs",
                "\"logit_bias\":{\"100000\":1} | 400 | logit_bias",
                "\"logit_bias\":{\"70\":200} | 400 | logit_bias.70",
                "\"stop\":[\"\"] | 400 | stop",
                "\"store\":true | 400 | store",
                "\"modalities\":[\"audio\"] | 400 | modalities",
                "\"verbosity\":\"low\" | 400 | verbosity",
                "\"model\":\"other\" | 404 | model",
                "\"functions\":[] | 400 | functions",
                "\"priority\":1.5 | 400 | priority",
                "\"priority\":1 | 400 | priority",
                "\"service_tier\":\"scale\" | 400 | service_tier",
                "\"grammar\":\"root ::= (\" | 400 | ",
                "\"continue_final_message\":1 | 400 | continue_final_message",
                "\"continue_final_message\":true | 400 | messages",
                "\"continue_final_message\":true,\"add_generation_prompt\":true | 400 | add_generation_prompt"
            })
    void parameter_thatIsWrong_isNamed(String more, int status, String parameter) {
        String body = body(TEXT_QUESTION, more);
        Reply reply = http.post(PATH, more.startsWith("\"model") ? body.replace("\"model\":\"test\",", "") : body);
        assertThat(reply.status()).as(reply.json().toString()).isEqualTo(status);
        JsonNode error = reply.json().path("error");
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("message").asText()).isNotEmpty();
        if (parameter != null) {
            assertThat(error.path("param").asText()).isEqualTo(parameter);
        }
    }

    /** Not the grammar that it is put into, and no other lines than its own. */
    @Test
    void malformedGrammar_isToldInItsOwnLines_andBounded() {
        String rules = "root ::= \\\"a\\\" b\\n# " + "x".repeat(5000) + "\\nb := \\\"c\\\"";
        for (String more : List.of("", TOOLS + ",")) {
            Reply reply = http.post(PATH, body(TEXT_QUESTION, more + "\"grammar\":\"" + rules + "\""));
            JsonNode error = reply.json().path("error");
            assertThat(reply.status()).isEqualTo(400);
            assertThat(error.path("code").asText()).isEqualTo("invalid_grammar");
            assertThat(error.path("message").asText())
                    .contains("the grammar, line 3, column 3: expected ::=, at ':= \"c\"'")
                    .hasSizeLessThan(300);
        }
    }

    @Test
    void parametersThatClientsAlwaysSend_areIgnored() {
        Reply reply = http.post(
                PATH,
                body(
                        TEXT_QUESTION,
                        "\"user\":\"me\"",
                        "\"metadata\":{\"a\":\"b\"}",
                        "\"cache_prompt\":true",
                        "\"safety_identifier\":\"x\"",
                        "\"prompt_cache_key\":\"k\"",
                        "\"prompt_cache_options\":{\"ttl\":\"30m\"}",
                        "\"verbosity\":\"medium\"",
                        "\"store\":false",
                        "\"service_tier\":\"auto\"",
                        "\"frequency_penalty\":0",
                        "\"presence_penalty\":null",
                        "\"response_format\":{\"type\":\"text\"}"));
        assertThat(reply.json()
                        .path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asText())
                .isEqualTo(TEXT);
    }

    @Test
    void promptThatIsTooLong_is400WithItsCode() {
        Reply reply = http.post(PATH, body("x".repeat(5000)));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").path("code").asText()).isEqualTo("context_length_exceeded");
    }

    @Test
    void engineThatIsClosed_is503() {
        try (ServerFixture other = new ServerFixture(model, 1, 0, ServerOptions.defaults())) {
            other.engine.close();
            assertThat(other.post(PATH, body(TEXT_QUESTION)).status()).isEqualTo(503);
            assertThat(other.get("/health").status()).isEqualTo(503);
        }
    }

    @Test
    void models_areListedByNameAndAlias() {
        JsonNode models = http.get("/v1/models").json();
        assertThat(models.path("object").asText()).isEqualTo("list");
        assertThat(models.path("data").path(0).path("id").asText()).isEqualTo("test");
        assertThat(http.get("/v1/models/alias").json())
                .isEqualTo(models.path("data").path(0));
        assertThat(http.get("/v1/models/other").status()).isEqualTo(404);
    }
}
