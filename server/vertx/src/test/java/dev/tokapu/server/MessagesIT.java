package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.Metadata;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.ThinkingConfigDisabled;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolChoiceNone;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import dev.tokapu.Model;
import dev.tokapu.ScriptedChat;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.Role;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** /v1/messages with Anthropic's own client, which checks every response; the model says what a script wants. */
@Timeout(300)
class MessagesIT {

    private static final String KEY = "sk-ant-0123456789abcdef";
    private static final ToolDefinition ADD = new ToolDefinition(
            "add", "adds", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]}");
    private static final String TEXT = "Four, é, 😀 and so on. Then more.";
    private static final String TEXT_QUESTION = "!".repeat(300);
    private static final String CALL_QUESTION = "What is 3 and 1?";
    private static final String THOUGHT = "I have a tool for this.";
    private static final String CALLS = "<think>\n" + THOUGHT + "\n</think>\n\n"
            + "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 3}}\n</tool_call>\n"
            + "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>";
    private static final String SUM = "It is 4.";

    @TempDir
    static Path folder;

    private static Model model;
    private static ServerFixture http;
    private static AnthropicClient client;

    @BeforeAll
    static void start() {
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
                model,
                2,
                0,
                ServerOptions.builder().callers(ApiKeys.of(KEY)).build());
        client = client(KEY);
    }

    private static AnthropicClient client(String key) {
        return AnthropicOkHttpClient.builder()
                .apiKey(key)
                .baseUrl(http.uri("").toString())
                .responseValidation(true)
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void close() {
        client.close();
        http.close();
        model.close();
    }

    private static Tool tool() {
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
    private static MessageCreateParams.Builder question(String text) {
        return MessageCreateParams.builder()
                .model(ServerFixture.NAME)
                .maxTokens(300)
                .putAdditionalBodyProperty("temperature", JsonValue.from(0))
                .addTool(tool())
                .addUserMessage(text);
    }

    private static String text(Message message) {
        StringBuilder text = new StringBuilder();
        message.content().forEach(block -> block.text().ifPresent(part -> text.append(part.text())));
        return text.toString();
    }

    private static List<ToolUseBlock> calls(Message message) {
        return message.content().stream()
                .flatMap(block -> block.toolUse().stream())
                .toList();
    }

    private static List<RawMessageStreamEvent> events(MessageCreateParams question) {
        try (StreamResponse<RawMessageStreamEvent> response = client.messages().createStreaming(question)) {
            return response.stream().toList();
        }
    }

    private static Message streamed(MessageCreateParams question) {
        MessageAccumulator message = MessageAccumulator.create();
        events(question).forEach(message::accumulate);
        return message.message();
    }

    @Test
    void text_isTheWholeAnswer_streamedOrNot() {
        MessageCreateParams question = question(TEXT_QUESTION).build();
        for (Message message : List.of(client.messages().create(question), streamed(question))) {
            assertThat(text(message)).isEqualTo(TEXT);
            assertThat(message.content()).hasSize(1);
            assertThat(message.id()).startsWith("msg_");
            assertThat(message.model().asString()).isEqualTo(ServerFixture.NAME);
            assertThat(message.stopReason()).contains(StopReason.END_TURN);
            assertThat(message.stopSequence()).isEmpty();
            assertThat(message.usage().outputTokens()).isEqualTo(TEXT.getBytes(StandardCharsets.UTF_8).length);
        }
    }

    @Test
    void events_beginAndEndTheMessageAndEachBlock() {
        List<String> types = new ArrayList<>();
        for (RawMessageStreamEvent event : events(question(TEXT_QUESTION).build())) {
            String type = String.valueOf(
                    event._json().orElseThrow().convert(Map.class).get("type"));
            if (types.isEmpty() || !types.get(types.size() - 1).equals(type)) {
                types.add(type);
            }
        }
        assertThat(types)
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
    }

    @Test
    void tools_areCalledAndTheirResultsAnswered_streamedOrNot() {
        MessageCreateParams question =
                question(CALL_QUESTION).enabledThinking(1024).build();
        for (Message message : List.of(client.messages().create(question), streamed(question))) {
            assertThat(message.stopReason()).contains(StopReason.TOOL_USE);
            assertThat(message.content().get(0).thinking().orElseThrow().thinking()).contains(THOUGHT);
            assertThat(message.content().get(0).thinking().orElseThrow().signature()).isNotEmpty();
            List<ToolUseBlock> calls = calls(message);
            assertThat(calls).extracting(ToolUseBlock::name).containsExactly("add", "add");
            assertThat(calls.get(1)._input().convert(Map.class)).isEqualTo(Map.of("a", 1));
            assertThat(calls.get(0).id()).isNotEmpty().isNotEqualTo(calls.get(1).id());
            Message answer = client.messages()
                    .create(question(CALL_QUESTION)
                            .addMessage(message)
                            .addUserMessageOfContentBlockParams(List.of(
                                    result(calls.get(0), "3", false), result(calls.get(1), "no", true)))
                            .build());
            assertThat(text(answer)).isEqualTo(SUM);
        }
    }

    private static ContentBlockParam result(ToolUseBlock call, String text, boolean isError) {
        return ContentBlockParam.ofToolResult(ToolResultBlockParam.builder()
                .toolUseId(call.id())
                .content(text)
                .isError(isError)
                .build());
    }

    @Test
    void toolThatMustBeCalled_isCalled() {
        Message message = client.messages()
                .create(question("any").toolToolChoice("add").build());
        assertThat(message.stopReason()).isPresent();
        if (message.stopReason().get().equals(StopReason.TOOL_USE)) {
            assertThat(calls(message)).extracting(ToolUseBlock::name).containsOnly("add");
        }
        Message none = client.messages()
                .create(question(TEXT_QUESTION)
                        .toolChoice(ToolChoiceNone.builder().build())
                        .build());
        assertThat(calls(none)).isEmpty();
    }

    @Test
    void stopSequence_isNamedAndNotPartOfTheText() {
        MessageCreateParams question = question(TEXT_QUESTION)
                .addStopSequence("nothing")
                .addStopSequence(" and so")
                .build();
        for (Message message : List.of(client.messages().create(question), streamed(question))) {
            assertThat(text(message)).isEqualTo("Four, é, 😀");
            assertThat(message.stopReason()).contains(StopReason.STOP_SEQUENCE);
            assertThat(message.stopSequence()).contains(" and so");
        }
    }

    @Test
    void limit_endsTheAnswer() {
        Message message = client.messages()
                .create(question(TEXT_QUESTION).maxTokens(5).build());
        assertThat(message.stopReason()).contains(StopReason.MAX_TOKENS);
        assertThat(message.usage().outputTokens()).isEqualTo(5);
    }

    @Test
    void tokens_areThoseOfTheRequest() {
        MessageCountTokensParams.Builder question = MessageCountTokensParams.builder()
                .model(ServerFixture.NAME)
                .addTool(tool())
                .addUserMessage(TEXT_QUESTION);
        long tokens = client.messages().countTokens(question.build()).inputTokens();
        MessageCreateParams asked = question(TEXT_QUESTION).build();
        for (Message message : List.of(client.messages().create(asked), streamed(asked))) {
            assertThat(message.usage().inputTokens()
                            + message.usage().cacheReadInputTokens().orElseThrow())
                    .isEqualTo(tokens);
        }
        assertThat(client.messages().countTokens(question.system("s").build()).inputTokens())
                .isGreaterThan(tokens);
    }

    @Test
    void promptThatWasComputedBefore_isReadFromTheCache() {
        MessageCreateParams question = question(TEXT_QUESTION + "cached?").maxTokens(1).build();
        Message first = client.messages().create(question);
        Message again = client.messages().create(question);
        assertThat(again.usage().cacheReadInputTokens().orElseThrow()).isPositive();
        assertThat(again.usage().inputTokens())
                .isEqualTo(first.usage().inputTokens()
                        + first.usage().cacheReadInputTokens().orElseThrow()
                        - again.usage().cacheReadInputTokens().orElseThrow());
        List<RawMessageStreamEvent> events = events(question);
        assertThat(events.get(0).asMessageStart().message().usage().cacheReadInputTokens().orElseThrow())
                .isPositive();
    }

    @Test
    void whatClientsSend_isTaken() {
        Message message = client.messages()
                .create(question(TEXT_QUESTION)
                        .metadata(Metadata.builder().userId("me").build())
                        .serviceTier(MessageCreateParams.ServiceTier.AUTO)
                        .thinking(ThinkingConfigDisabled.builder().build())
                        .putAdditionalBodyProperty("top_k", JsonValue.from(40))
                        .putAdditionalBodyProperty("top_p", JsonValue.from(1))
                        .putAdditionalHeader("anthropic-beta", "some-beta-2025-01-01")
                        .build());
        assertThat(text(message)).isEqualTo(TEXT);
    }

    @Test
    void problems_areTheClientsExceptions() {
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> client.messages()
                        .create(question("x")
                                .putAdditionalBodyProperty("bogus", JsonValue.from(1))
                                .build()))
                .satisfies(e -> {
                    assertThat(e.apiMessage().orElseThrow()).contains("bogus");
                    assertThat(e.errorType().orElseThrow().asString()).isEqualTo("invalid_request_error");
                    assertThat(e.requestId().orElseThrow()).startsWith("req_");
                });
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> client.messages()
                        .createStreaming(question("x".repeat(5000)).build()))
                .withMessageContaining("context");
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> client.messages()
                        .create(question("x").model("other").build()))
                .withMessageContaining("other");
    }

    @Test
    void keyThatNobodyHas_isRefused() {
        AnthropicClient other = client("sk-ant-wrong-0123456789");
        assertThatExceptionOfType(UnauthorizedException.class)
                .isThrownBy(() -> other.messages().create(question("x").build()))
                .satisfies(e -> assertThat(e.errorType().orElseThrow().asString()).isEqualTo("authentication_error"));
        other.close();
    }

    @Test
    void maxTokens_mustBeGiven() {
        ServerFixture.Reply reply = http.send(http.to("/v1/messages")
                .header("x-api-key", KEY)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"))
                .build());
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").path("message").asText()).contains("max_tokens");
    }
}
