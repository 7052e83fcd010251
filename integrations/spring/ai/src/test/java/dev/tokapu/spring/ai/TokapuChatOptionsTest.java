package dev.tokapu.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.tool.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.test.options.AbstractChatOptionsTests;

class TokapuChatOptionsTest extends AbstractChatOptionsTests<TokapuChatOptions, TokapuChatOptions.Builder> {

    @Override
    protected Class<TokapuChatOptions> getConcreteOptionsClass() {
        return TokapuChatOptions.class;
    }

    @Override
    protected TokapuChatOptions.Builder readyToBuildBuilder() {
        return TokapuChatOptions.builder()
                .model("mine")
                .temperature(0.5)
                .topP(0.9)
                .topK(40)
                .maxTokens(7)
                .frequencyPenalty(0.1)
                .presencePenalty(0.2)
                .stopSequences(List.of("stop"))
                .toolContext("who", "me")
                .outputSchema("{}")
                .seed(1)
                .minP(0.05)
                .repeatPenalty(1.1)
                .toolChoice(ToolChoice.required())
                .parallelToolCalls(true)
                .thinking(false)
                .thinkingBudget(10)
                .reasoningEffort("low")
                .scheduling(SchedulingOptions.defaults().withPriority(2))
                .samplersFirst(List.of(Sampler.temperature(1)))
                .templateArguments(Map.of("a", 1));
    }

    @Test
    void build_builderIsUsedOn_keepsItsValues() {
        List<String> stops = new ArrayList<>(List.of("a"));
        TokapuChatOptions.Builder builder =
                TokapuChatOptions.builder().stopSequences(stops).seed(1);
        TokapuChatOptions options = builder.build();
        builder.seed(2).stopSequences(List.of("b"));
        stops.add("c");
        assertThat(options.getSeed()).isEqualTo(1);
        assertThat(options.getStopSequences()).containsExactly("a");
        assertThatThrownBy(() -> options.getStopSequences().add("d")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void equals_eachOwnValue_counts() {
        TokapuChatOptions options = readyToBuildBuilder().build();
        assertThat(options.mutate().seed(2).build()).isNotEqualTo(options);
        assertThat(options.mutate().templateArguments(null).build()).isNotEqualTo(options);
        assertThat(options.mutate().temperature(0.6).build()).isNotEqualTo(options);
        assertThat(options.mutate().build()).isEqualTo(options).hasSameHashCodeAs(options);
    }

    @Test
    void combineWith_whatTheOtherHas_isTaken() {
        TokapuChatOptions combined = TokapuChatOptions.builder()
                .seed(1)
                .minP(0.1)
                .temperature(0.5)
                .combineWith(TokapuChatOptions.builder().seed(2).maxTokens(9))
                .build();
        assertThat(combined.getSeed()).isEqualTo(2);
        assertThat(combined.getMinP()).isEqualTo(0.1);
        assertThat(combined.getTemperature()).isEqualTo(0.5);
        assertThat(combined.getMaxTokens()).isEqualTo(9);
    }

    @Test
    void combineWith_nothing_leavesAll() {
        TokapuChatOptions options = readyToBuildBuilder().build();
        assertThat(options.mutate().combineWith(TokapuChatOptions.builder()).build())
                .isEqualTo(options);
        assertThat(options.mutate().combineWith(ChatOptions.builder()).build()).isEqualTo(options);
    }

    @Test
    void of_optionsOfOthers_haveTheirValues() {
        TokapuChatOptions options = TokapuChatOptions.of(ToolCallingChatOptions.builder()
                .temperature(0.3)
                .toolContext("who", "me")
                .build());
        assertThat(options.getTemperature()).isEqualTo(0.3);
        assertThat(options.getToolContext()).containsEntry("who", "me");
        assertThat(TokapuChatOptions.of(null))
                .isEqualTo(TokapuChatOptions.builder().build());
    }
}
