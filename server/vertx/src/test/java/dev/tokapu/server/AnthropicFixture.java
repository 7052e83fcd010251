package dev.tokapu.server;

import static dev.tokapu.server.AnthropicFixture.CALL_QUESTION;
import static dev.tokapu.server.AnthropicFixture.SUM;
import static dev.tokapu.server.AnthropicFixture.TEXT;
import static dev.tokapu.server.AnthropicFixture.TEXT_QUESTION;
import static dev.tokapu.server.AnthropicFixture.THOUGHT;
import static dev.tokapu.server.AnthropicFixture.text;
import static dev.tokapu.server.AnthropicFixture.tool;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.Tool;
import dev.tokapu.Model;
import dev.tokapu.ScriptedChat;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.Role;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A server for Anthropic's own client, which checks every response; the model says what a script wants. */
final class AnthropicFixture implements AutoCloseable {

    static final String KEY = "sk-ant-0123456789abcdef";
    static final ToolDefinition ADD = new ToolDefinition(
            "add", "adds", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]}");
    static final String TEXT = "Four, é, 😀 and so on. Then more.";
    static final String TEXT_QUESTION = "!".repeat(300);
    static final String CALL_QUESTION = "What is 3 and 1?";
    static final String THOUGHT = "I have a tool for this.";
    static final String CALLS = "<think>\n" + THOUGHT + "\n</think>\n\n"
            + "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 3}}\n</tool_call>\n"
            + "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>";
    static final String SUM = "It is 4.";

    final ServerFixture http;
    final AnthropicClient client;
    private final Model model;

    AnthropicFixture(Path folder) {
        List<ToolCall> calls = List.of(new ToolCall("a", "add", "{\"a\": 3}"), new ToolCall("b", "add", "{\"a\": 1}"));
        model = new ScriptedChat(folder, List.of(ADD))
                .says(CALLS, ChatMessage.user(CALL_QUESTION))
                .says(TEXT, ChatMessage.user(TEXT_QUESTION))
                .says(
                        SUM,
                        ChatMessage.user(CALL_QUESTION),
                        new ChatMessage(Role.ASSISTANT, "", THOUGHT, calls, null),
                        ChatMessage.tool("a", "3"),
                        ChatMessage.tool("b", "Error: no"))
                .load();
        http = new ServerFixture(
                model, 2, 0, ServerOptions.builder().callers(ApiKeys.of(KEY)).build());
        client = client(KEY);
    }

    AnthropicClient client(String key) {
        return AnthropicOkHttpClient.builder()
                .apiKey(key)
                .baseUrl(http.uri("").toString())
                .responseValidation(true)
                .maxRetries(0)
                .build();
    }

    static Tool tool() {
        return Tool.builder()
                .name(ADD.name())
                .description(ADD.description())
                .inputSchema(Tool.InputSchema.builder()
                        .properties(Tool.InputSchema.Properties.builder()
                                .putAdditionalProperty("a", JsonValue.from(Map.of("type", "integer")))
                                .build())
                        .addRequired("a")
                        .build())
                .build();
    }

    /** Greedy, with the tool. */
    static MessageCreateParams.Builder question(String text) {
        return MessageCreateParams.builder()
                .model(ServerFixture.NAME)
                .maxTokens(300)
                .putAdditionalBodyProperty("temperature", JsonValue.from(0))
                .addTool(tool())
                .addUserMessage(text);
    }

    static String text(Message message) {
        StringBuilder text = new StringBuilder();
        message.content().forEach(block -> block.text().ifPresent(part -> text.append(part.text())));
        return text.toString();
    }

    @Override
    public void close() {
        client.close();
        http.close();
        model.close();
    }
}
