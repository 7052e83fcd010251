package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.internal.util.Json;
import dev.tokapu.sampling.ModelDefaults;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChatValuesTest {

    @Test
    void request_withToolsAndArguments_isOpenAiJson() {
        ChatRequest request = ChatRequest.builder(List.of(
                        ChatMessage.user("2+2?"),
                        ChatMessage.assistant("", List.of(new ToolCall("c1", "add", "{\"a\":2,\"b\":2}"))),
                        ChatMessage.tool("c1", "4")))
                .tools(List.of(new ToolDefinition("add", "adds", "{\"type\":\"object\"}")))
                .arguments(Map.of("date", "today"))
                .reasoning(ReasoningOptions.off())
                .build();
        assertThat(Json.read(ChatRequestJson.write(request, false)))
                .isEqualTo(Json.read("{\"messages\":[{\"role\":\"user\",\"content\":\"2+2?\"},"
                        + "{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"add\",\"arguments\":\"{\\\"a\\\":2,\\\"b\\\":2}\"}}]},"
                        + "{\"role\":\"tool\",\"content\":\"4\",\"tool_call_id\":\"c1\",\"name\":\"add\"}],"
                        + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\",\"description\":\"adds\","
                        + "\"parameters\":{\"type\":\"object\"}}}],\"add_generation_prompt\":true,"
                        + "\"enable_thinking\":false,\"chat_template_kwargs\":{\"date\":\"today\"},"
                        + "\"tool_choice\":\"auto\",\"answer_parser\":false}"));
    }

    @Test
    void create_badValues_throw() {
        assertThatIllegalArgumentException().isThrownBy(() -> ChatRequest.of(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new ToolCall("", "", "{}"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ToolDefinition("add", "adds", "no json"))
                .withMessageContaining("'add'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ChatMessage(Role.USER, "x", "", List.of(new ToolCall("", "f", "{}")), null));
        assertThatIllegalArgumentException().isThrownBy(() -> new ChatMessage(Role.USER, "x", "", List.of(), "id"));
    }

    @Test
    void options_badValues_throw() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatOptions.builder().maxTokens(-1).build())
                .withMessageContaining("-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatOptions.builder().stops("").build());
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> ChatOptions.builder().samplers(Sampler.topK(5)).build())
                .withMessageContaining("must select");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> CompletionOptions.builder().samplers(List.of()).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CompletionOptions.builder().temperature(-1).build());
    }

    @Test
    void options_sameValues_areEqual() {
        ChatOptions chat = ChatOptions.builder()
                .systemPrompt("be nice")
                .temperature(0.5)
                .reasoning(ReasoningOptions.off())
                .build();
        assertThat(chat.toBuilder().build()).isEqualTo(chat).hasSameHashCodeAs(chat);
        assertThat(chat.toBuilder().systemPrompt(null).build()).isNotEqualTo(chat);
        assertThat(chat).asString().contains("systemPrompt=be nice", "enabled=false");
        CompletionOptions completion = CompletionOptions.builder().maxTokens(5).build();
        assertThat(completion.toBuilder().build()).isEqualTo(completion).hasSameHashCodeAs(completion);
        assertThat(completion.toBuilder().parseSpecial(true).build()).isNotEqualTo(completion);
        assertThat(completion).asString().contains("maxTokens=5", "parseSpecial=false");
    }

    @Test
    void options_seedAndTemperature_makeTheDefaultSamplers() {
        assertThat(ChatOptions.builder()
                        .seed(5)
                        .temperature(0.5f)
                        .build()
                        .generation()
                        .samplers())
                .containsExactly(
                        ModelDefaults.builder().seed(5).temperature(0.5).build());
        assertThat(CompletionOptions.builder().seed(5).build().generation().samplers())
                .containsExactly(Sampler.modelDefaults(5));
    }
}
