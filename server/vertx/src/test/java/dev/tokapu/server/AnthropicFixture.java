package dev.tokapu.server;

import static dev.tokapu.server.AdderScript.ADD;
import static dev.tokapu.server.AdderScript.CALL_QUESTION;
import static dev.tokapu.server.AdderScript.THOUGHT;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.Tool;
import dev.tokapu.Model;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.Role;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.tool.ToolCall;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A server for Anthropic's own client, which checks every response; the model says what a script wants. */
final class AnthropicFixture implements AutoCloseable {

    static final String KEY = "sk-ant-0123456789abcdef";
    static final String SUM = "It is 4.";

    final ServerFixture http;
    final AnthropicClient client;
    private final Model model;

    AnthropicFixture(Path folder) {
        List<ToolCall> calls = List.of(new ToolCall("a", "add", "{\"a\": 3}"), new ToolCall("b", "add", "{\"a\": 1}"));
        model = AdderScript.in(folder)
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
