package dev.tokapu.server;

import static dev.tokapu.server.AdderScript.CALL_QUESTION;
import static dev.tokapu.server.AdderScript.TEXT;
import static dev.tokapu.server.AdderScript.TEXT_QUESTION;
import static dev.tokapu.server.AdderScript.TOOLS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.ScriptedChat;
import dev.tokapu.server.ServerFixture.Reply;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ollama's API of a model that says what a script wants. */
@Timeout(300)
class OllamaIT {

    private static final String CHAT = "/api/chat";
    private static final String GENERATE = "/api/generate";

    @TempDir
    static Path folder;

    private static Model model;
    private static ServerFixture http;

    @BeforeAll
    static void start() {
        model = AdderScript.in(folder).load();
        http = new ServerFixture(model, 2, 0, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static String chat(String question, String more) {
        return "{\"model\":\"test\",\"messages\":[{\"role\":\"user\",\"content\":\"" + question
                + "\"}],\"options\":{\"temperature\":0,\"num_predict\":300},\"keep_alive\":\"5m\"," + TOOLS + more
                + "}";
    }

    private static String generate(String prompt, String more) {
        return "{\"model\":\"test\",\"prompt\":\"" + prompt + "\",\"options\":{\"temperature\":0,\"num_predict\":30}"
                + more + "}";
    }

    private static List<JsonNode> lines(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = http.client.send(
                http.to(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("application/x-ndjson");
        assertThat(response.body()).endsWith("\n");
        return response.body().lines().map(ServerFixture::json).toList();
    }

    private static String message(List<JsonNode> lines, String field) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line.path("message").path(field).asText("")));
        return text.toString();
    }

    private static void assertEnd(JsonNode last, String reason) {
        assertThat(last.path("done").asBoolean()).isTrue();
        assertThat(last.path("done_reason").asText()).isEqualTo(reason);
        assertThat(last.path("eval_count").asInt()).isPositive();
        assertThat(last.path("prompt_eval_count").asInt()).isPositive();
        for (String duration : List.of("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")) {
            assertThat(last.path(duration).isIntegralNumber()).as(duration).isTrue();
        }
    }

    private static void assertCalls(JsonNode calls) {
        assertThat(calls).hasSize(2);
        assertThat(calls.path(0).path("function").path("name").asText()).isEqualTo("add");
        assertThat(calls.path(0).path("function").path("arguments").path("a").asInt())
                .isEqualTo(3);
        assertThat(calls.path(1).path("function").path("arguments").path("a").asInt())
                .isEqualTo(1);
    }

    @Test
    void chat_isStreamedAsLines() throws Exception {
        List<JsonNode> lines = lines(CHAT, chat(TEXT_QUESTION, ""));
        assertThat(message(lines, "content")).isEqualTo(TEXT);
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.path("model").asText()).isEqualTo("test");
            assertThat(line.path("created_at").asText()).isNotEmpty();
            assertThat(line.path("message").path("role").asText()).isEqualTo("assistant");
        });
        assertThat(lines.subList(0, lines.size() - 1))
                .allSatisfy(
                        line -> assertThat(line.path("done").asBoolean(true)).isFalse());
        JsonNode last = lines.get(lines.size() - 1);
        assertEnd(last, "stop");
        assertThat(last.path("eval_count").asInt()).isEqualTo(TEXT.getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    void chat_notStreamed_isOneObject() {
        Reply reply = http.post(CHAT, chat(TEXT_QUESTION, ",\"stream\":false"));
        assertThat(reply.json().path("message").path("content").asText()).isEqualTo(TEXT);
        assertEnd(reply.json(), "stop");
    }

    @Test
    void chat_withTools_givesCallsAndTheThought() throws Exception {
        JsonNode message = http.post(CHAT, chat(CALL_QUESTION, ",\"stream\":false,\"think\":true"))
                .json()
                .path("message");
        assertCalls(message.path("tool_calls"));
        assertThat(message.path("thinking").asText()).contains("I have a tool for this.");
        List<JsonNode> lines = lines(CHAT, chat(CALL_QUESTION, ""));
        List<JsonNode> calls = lines.stream()
                .flatMap(line -> java.util.stream.StreamSupport.stream(
                        line.path("message").path("tool_calls").spliterator(), false))
                .toList();
        assertThat(calls).hasSize(2);
        assertThat(message(lines, "thinking"))
                .isEqualTo(message.path("thinking").asText());
    }

    @Test
    void generate_isWhatChatSaysToTheSamePrompt() throws Exception {
        JsonNode whole = http.post(
                        GENERATE, generate(TEXT_QUESTION, ",\"stream\":false,\"suffix\":\"\",\"context\":[]"))
                .json();
        assertThat(whole.path("response").asText()).isNotEmpty();
        StringBuilder text = new StringBuilder();
        lines(GENERATE, generate(TEXT_QUESTION, ""))
                .forEach(line -> text.append(line.path("response").asText()));
        assertThat(text).hasToString(whole.path("response").asText());
    }

    @Test
    void generate_raw_readsThePromptAsItIs() {
        JsonNode raw = http.post(GENERATE, generate("abc", ",\"stream\":false,\"raw\":true"))
                .json();
        JsonNode chat = http.post(GENERATE, generate("abc", ",\"stream\":false,\"system\":\"be brief\""))
                .json();
        assertThat(raw.path("prompt_eval_count").asInt())
                .isPositive()
                .isLessThan(chat.path("prompt_eval_count").asInt());
    }

    @Test
    void format_holds() {
        String format =
                ",\"stream\":false,\"format\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"boolean\"}},"
                        + "\"required\":[\"a\"],\"additionalProperties\":false}";
        JsonNode reply = http.post(GENERATE, generate("abc", format)).json();
        assertThat(ServerFixture.json(reply.path("response").asText()).path("a").isBoolean())
                .isTrue();
    }

    @Test
    void limit_isTheReasonOfTheEnd() {
        String body = "{\"model\":\"test:latest\",\"prompt\":\"" + TEXT_QUESTION
                + "\",\"raw\":true,\"stream\":false,\"options\":{\"num_predict\":1,\"ignore_eos\":true}}";
        JsonNode reply = http.post(GENERATE, body).json();
        assertEnd(reply, "length");
        assertThat(reply.path("eval_count").asInt()).isEqualTo(1);
        assertThat(reply.path("model").asText()).isEqualTo("test:latest");
    }

    @Test
    void nothingToAnswer_isAModelThatIsLoaded() {
        JsonNode reply =
                http.post(GENERATE, "{\"model\":\"alias\",\"keep_alive\":-1}").json();
        assertThat(reply.path("done_reason").asText()).isEqualTo("load");
        assertThat(http.post(CHAT, "{\"model\":\"test\",\"messages\":[]}")
                        .json()
                        .path("done")
                        .asBoolean())
                .isTrue();
    }

    /** What is wrong, and what the error names. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"options\":{\"tfs_z\":1} | options.tfs_z is not supported here",
                "\"options\":{\"mirostat\":3} | options.mirostat is the number 3; it must be from 0 to 2",
                "\"options\":{\"num_ctx\":1000000} | options.num_ctx is 1000000, more than the",
                "\"options\":{\"temperature\":-1} | options.temperature",
                "\"suffix\":\"x\" | suffix cannot be used: this model has no token",
                "\"images\":[\"aGk=\"] | images has 1",
                "\"template\":\"{{ .Prompt }}\" | template is not supported",
                "\"format\":\"yaml\" | format is 'yaml'",
                "\"think\":\"much\" | think is 'much'",
                "\"other\":1 | other is not supported here",
                "\"raw\":true,\"system\":\"x\" | system cannot be given",
            })
    void whatIsWrong_isNamed(String more, String error) {
        Reply reply = http.post(GENERATE, "{\"model\":\"test\",\"prompt\":\"x\"," + more + "}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").asText()).startsWith(error);
    }

    @Test
    void optionsOfLoading_areIgnored() {
        Reply reply = http.post(
                GENERATE,
                "{\"model\":\"test\",\"prompt\":\"x\",\"stream\":false,\"options\":{\"num_predict\":1,\"num_gpu\":99,\"num_thread\":2,"
                        + "\"num_ctx\":16,\"repeat_last_n\":-1,\"repeat_penalty\":1.1,\"stop\":[\"x\"],\"seed\":1,\"top_k\":5,"
                        + "\"typical_p\":0.9,\"mirostat\":2,\"mirostat_tau\":5,\"mirostat_eta\":0.1}}");
        assertThat(reply.status()).as(reply.json().toString()).isEqualTo(200);
    }

    @Test
    void embed_ofAModelThatGenerates_isRefused() {
        Reply reply = http.post("/api/embed", "{\"model\":\"test\",\"input\":\"x\"}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").asText()).contains("makes no embeddings");
    }

    @Test
    void models_areListedAndShown() {
        JsonNode listed = http.get("/api/tags").json().path("models").path(0);
        assertThat(listed.path("name").asText()).isEqualTo("test:latest");
        assertThat(listed.path("digest").asText()).matches("[0-9a-f]{64}");
        assertThat(listed.path("details").path("format").asText()).isEqualTo("gguf");
        JsonNode running = http.get("/api/ps").json().path("models").path(0);
        assertThat(running.path("digest")).isEqualTo(listed.path("digest"));
        assertThat(running.path("context_length").asInt()).isEqualTo(http.engine.sequenceContextSize());
        JsonNode shown = http.post("/api/show", "{\"model\":\"test\"}").json();
        assertThat(shown.path("details")).isEqualTo(listed.path("details"));
        assertThat(shown.path("template").asText()).isEqualTo(ScriptedChat.TEMPLATE);
        String architecture =
                shown.path("model_info").path("general.architecture").asText();
        assertThat(shown.path("model_info")
                        .path(architecture + ".context_length")
                        .isNumber())
                .isTrue();
        assertThat(shown.path("capabilities").toString()).isEqualTo("[\"completion\",\"tools\",\"thinking\"]");
    }

    @Test
    void pull_ofWhatIsServed_isDone() throws Exception {
        assertThat(lines("/api/pull", "{\"model\":\"test:latest\"}"))
                .extracting(line -> line.path("status").asText())
                .containsExactly("success");
        assertThat(http.post("/api/pull", "{\"model\":\"other\",\"stream\":false}")
                        .status())
                .isEqualTo(404);
    }
}
