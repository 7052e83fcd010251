package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.ScriptedChat;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.server.ServerFixture.Reply;
import dev.tokapu.tool.ToolDefinition;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** /v1/chat/completions of a model that says what a script wants. */
@Timeout(300)
class ChatCompletionsIT {

    private static final ToolDefinition ADD = new ToolDefinition(
            "add", "adds", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]}");
    private static final String TOOLS = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\","
            + "\"description\":\"adds\",\"parameters\":" + ADD.parametersJsonSchema() + "}}]";
    private static final String GREEDY = "\"temperature\":0,\"max_tokens\":300";
    private static final String ARGUMENTS = "{\"a\": 3}";
    private static final String CALL = "<think>\nI have a tool for this.\n</think>\n\n<tool_call>\n"
            + "{\"name\": \"add\", \"arguments\": " + ARGUMENTS + "}\n</tool_call>";

    @TempDir
    static Path folder;

    private static Model model;
    private static ServerFixture http;

    @BeforeAll
    static void start() {
        model = new ScriptedChat(folder, List.of(ADD))
                .says(CALL, ChatMessage.user("What is 3 and 1?"))
                .says("Four, é, 😀 and so on. Then more.", ChatMessage.user("!".repeat(300)))
                .load();
        http = new ServerFixture(model, 2, 0, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static String body(String question, String more) {
        return "{\"model\":\"test\",\"messages\":[{\"role\":\"user\",\"content\":\"" + question + "\"}]," + GREEDY
                + (more.isEmpty() ? "" : "," + more) + "}";
    }

    private static final String TEXT_QUESTION = "!".repeat(300);

    @Test
    void chat_tools_givesTheCallAndTheThought() {
        Reply reply = http.post("/v1/chat/completions", body("What is 3 and 1?", TOOLS));
        assertThat(reply.status()).isEqualTo(200);
        JsonNode choice = reply.json().path("choices").path(0);
        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        JsonNode call = choice.path("message").path("tool_calls").path(0);
        assertThat(call.path("function").path("name").asText()).isEqualTo("add");
        assertThat(call.path("function").path("arguments").asText()).isEqualTo(ARGUMENTS);
        assertThat(choice.path("message").path("reasoning_content").asText()).contains("I have a tool for this.");
        assertThat(choice.path("message").path("content").isNull()).isTrue();
    }

    @Test
    void chat_streamed_saysTheSameInParts() {
        Reply whole = http.post("/v1/chat/completions", body(TEXT_QUESTION, TOOLS));
        String body = http.client
                .sendAsync(
                        http.to("/v1/chat/completions")
                                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body(
                                        TEXT_QUESTION,
                                        TOOLS + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}")))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString())
                .join()
                .body();
        List<String> events = ServerFixture.events(body);
        assertThat(events.get(events.size() - 1)).isEqualTo("[DONE]");
        StringBuilder text = new StringBuilder();
        for (String event : events.subList(0, events.size() - 2)) {
            text.append(ServerFixture.json(event)
                    .path("choices")
                    .path(0)
                    .path("delta")
                    .path("content")
                    .asText(""));
        }
        assertThat(text.toString())
                .isEqualTo(whole.json()
                        .path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asText())
                .isEqualTo("Four, é, 😀 and so on. Then more.");
        assertThat(ServerFixture.json(events.get(events.size() - 2))
                        .path("usage")
                        .path("completion_tokens")
                        .asInt())
                .isPositive();
    }
}
