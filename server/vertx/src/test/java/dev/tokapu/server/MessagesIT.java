package dev.tokapu.server;

import static dev.tokapu.server.AdderScript.CALL_QUESTION;
import static dev.tokapu.server.AdderScript.TEXT;
import static dev.tokapu.server.AdderScript.TEXT_QUESTION;
import static dev.tokapu.server.AdderScript.THOUGHT;
import static dev.tokapu.server.AnthropicFixture.SUM;
import static dev.tokapu.server.AnthropicFixture.question;
import static dev.tokapu.server.AnthropicFixture.text;
import static dev.tokapu.server.AnthropicFixture.tool;
import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.client.AnthropicClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.ToolChoiceNone;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
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

    @TempDir
    static Path folder;

    private static AnthropicFixture server;
    private static AnthropicClient client;

    @BeforeAll
    static void start() {
        server = new AnthropicFixture(folder);
        client = server.client;
    }

    @AfterAll
    static void close() {
        server.close();
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
            assertThat(message.content().get(0).thinking().orElseThrow().thinking())
                    .contains(THOUGHT);
            assertThat(message.content().get(0).thinking().orElseThrow().signature())
                    .isNotEmpty();
            List<ToolUseBlock> calls = calls(message);
            assertThat(calls).extracting(ToolUseBlock::name).containsExactly("add", "add");
            assertThat((Object) calls.get(1)._input().convert(Map.class)).isEqualTo(Map.of("a", 1));
            assertThat(calls.get(0).id()).isNotEmpty().isNotEqualTo(calls.get(1).id());
            Message answer = client.messages()
                    .create(question(CALL_QUESTION)
                            .addMessage(message)
                            .addUserMessageOfContentBlockParams(
                                    List.of(result(calls.get(0), "3", false), result(calls.get(1), "no", true)))
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
        Message message =
                client.messages().create(question("any").toolToolChoice("add").build());
        assertThat(message.stopReason().orElseThrow()).isIn(StopReason.TOOL_USE, StopReason.MAX_TOKENS);
        assertThat(calls(message)).extracting(ToolUseBlock::name).allMatch("add"::equals);
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
        Message message =
                client.messages().create(question(TEXT_QUESTION).maxTokens(5).build());
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
        MessageCreateParams question =
                question(TEXT_QUESTION + "cached?").maxTokens(1).build();
        Message first = client.messages().create(question);
        Message again = client.messages().create(question);
        assertThat(again.usage().cacheReadInputTokens().orElseThrow()).isPositive();
        assertThat(again.usage().inputTokens())
                .isEqualTo(first.usage().inputTokens()
                        + first.usage().cacheReadInputTokens().orElseThrow()
                        - again.usage().cacheReadInputTokens().orElseThrow());
        List<RawMessageStreamEvent> events = events(question);
        assertThat(events.get(0)
                        .asMessageStart()
                        .message()
                        .usage()
                        .cacheReadInputTokens()
                        .orElseThrow())
                .isPositive();
    }
}
