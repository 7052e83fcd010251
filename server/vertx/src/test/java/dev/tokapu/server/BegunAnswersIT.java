package dev.tokapu.server;

import static dev.tokapu.server.AdderScript.TEXT;
import static dev.tokapu.server.AdderScript.TEXT_QUESTION;
import static dev.tokapu.server.AdderScript.THOUGHT;
import static dev.tokapu.server.AdderScript.TOOLS;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Requests whose last message is the beginning of the answer. */
@Timeout(300)
class BegunAnswersIT {

    private static final String CHAT = "/v1/chat/completions";
    private static final String BEGUN = "Four, \u00e9, ";
    private static final String REST = TEXT.substring(BEGUN.length());
    private static final String QUESTION = "{\"role\":\"user\",\"content\":\"" + TEXT_QUESTION + "\"}";
    private static final String ANSWER = "{\"role\":\"assistant\",\"content\":\"" + BEGUN + "\"}";
    private static final String JSON_QUESTION = "?".repeat(500);
    private static final String SETTINGS = "\"temperature\":0,\"max_tokens\":300";

    @TempDir
    static Path folder;

    private static Model model;
    private static ServerFixture http;

    @BeforeAll
    static void start() {
        model = new ScriptedChat(folder, List.of())
                .says(TEXT, ChatMessage.user(TEXT_QUESTION))
                .says("<think>\n" + THOUGHT + "\n</think>\n\n" + TEXT, ChatMessage.user("Think."))
                .says("{\"a\":1}", ChatMessage.user(JSON_QUESTION))
                .load();
        http = new ServerFixture(model, 2, 0, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static String body(String messages, String more) {
        return "{\"model\":\"test\",\"messages\":[" + messages + "]," + SETTINGS + more + "}";
    }

    private static JsonNode message(String messages, String more) {
        Reply reply = http.post(CHAT, body(messages, more));
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        return reply.json().path("choices").path(0).path("message");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",\"continue_final_message\":true",
                ",\"add_generation_prompt\":false",
                ",\"continue_final_message\":true,\"add_generation_prompt\":false"
            })
    void lastMessageOfTheAssistant_isContinued(String more) {
        assertThat(message(QUESTION + "," + ANSWER, more).path("content").asText())
                .isEqualTo(REST);
    }

    @Test
    void streamed_saysWhatIsNew() {
        StringBuilder content = new StringBuilder();
        http.stream(CHAT, body(QUESTION + "," + ANSWER, ",\"stream\":true"))
                .forEach(event -> content.append(event.path("choices")
                        .path(0)
                        .path("delta")
                        .path("content")
                        .asText("")));
        assertThat(content).hasToString(REST);
    }

    @Test
    void withTools_isContinued() {
        JsonNode prompt = http.post("/apply-template", "{\"messages\":[" + QUESTION + "," + ANSWER + "]," + TOOLS + "}")
                .json();
        assertThat(prompt.path("prompt").asText()).endsWith("<|im_start|>assistant\n" + BEGUN);
    }

    @ParameterizedTest
    @ValueSource(strings = {",\"continue_final_message\":false", ",\"add_generation_prompt\":true"})
    void newMessage_isWrittenOnRequest(String more) {
        String request = "{\"messages\":[" + QUESTION + "," + ANSWER + "]" + more + "}";
        assertThat(http.post("/apply-template", request).json().path("prompt").asText())
                .endsWith(BEGUN + "<|im_end|>\n<|im_start|>assistant\n");
    }

    @Test
    void thoughts_areContinuedOrPartOfTheBeginning() {
        String question = "{\"role\":\"user\",\"content\":\"Think.\"}";
        String thought = "\"reasoning_content\":\"" + THOUGHT.substring(0, 9) + "\"";
        JsonNode thinking = message(question + ",{\"role\":\"assistant\",\"content\":\"\"," + thought + "}", "");
        assertThat(thinking.path("reasoning_content").asText().strip())
                .isEqualTo(THOUGHT.substring(9).strip());
        assertThat(thinking.path("content").asText()).isEqualTo(TEXT);
        String both = "\"content\":\"" + BEGUN + "\",\"reasoning_content\":\"" + THOUGHT + "\"";
        JsonNode answer = message(question + ",{\"role\":\"assistant\"," + both + "}", "");
        assertThat(answer.path("content").asText()).isEqualTo(REST);
        assertThat(answer.path("reasoning_content").asText("")).isEmpty();
    }

    @Test
    void format_holdsTheWholeAnswer() {
        String question = "{\"role\":\"user\",\"content\":\"" + JSON_QUESTION + "\"}";
        String json = ",\"response_format\":{\"type\":\"json_object\"}";
        assertThat(message(question + ",{\"role\":\"assistant\",\"content\":\"{\\\"a\\\"\"}", json)
                        .path("content")
                        .asText())
                .isEqualTo(":1}");
        Reply reply = http.post(CHAT, body(question + ",{\"role\":\"assistant\",\"content\":\"Well, \"}", json));
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(400);
    }

    @Test
    void twoMessagesOfTheAssistant_areRefused() {
        Reply reply = http.post(CHAT, body(QUESTION + "," + ANSWER + "," + ANSWER, ""));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").path("param").asText()).isEqualTo("messages");
    }

    @Test
    void answerOfAnthropicsClients_isContinued() {
        JsonNode answer =
                http.post("/v1/messages", body(QUESTION + "," + ANSWER, "")).json();
        assertThat(answer.path("content").path(0).path("text").asText()).isEqualTo(REST);
        Reply thinking = http.post(
                "/v1/messages",
                body(QUESTION + "," + ANSWER, ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":100}"));
        assertThat(thinking.status()).isEqualTo(400);
        assertThat(thinking.json().path("error").path("message").asText()).startsWith("thinking");
    }

    @Test
    void answerOfOllamasClients_isContinued() {
        String body = "{\"model\":\"test\",\"stream\":false,\"options\":{\"temperature\":0},\"messages\":[" + QUESTION
                + "," + ANSWER + "]}";
        assertThat(http.post("/api/chat", body)
                        .json()
                        .path("message")
                        .path("content")
                        .asText())
                .isEqualTo(REST);
    }
}
