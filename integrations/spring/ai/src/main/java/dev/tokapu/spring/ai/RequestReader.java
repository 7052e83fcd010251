package dev.tokapu.spring.ai;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.chat.Role;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.GenerationOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.tool.definition.ToolDefinition;

/** Spring AI's prompts as requests of an engine. */
final class RequestReader {

    private static final int PENALTY_LAST_N = 64; // llama.cpp's

    private RequestReader() {}

    /** {@return the request} */
    static Request read(List<Message> messages, TokapuChatOptions options, List<ToolDefinition> tools) {
        Request.Builder builder =
                Request.builder(conversation(messages, options, tools)).generation(generation(options));
        set(options.getScheduling(), builder::scheduling);
        set(options.getSpeculation(), builder::speculation);
        return builder.build();
    }

    private static ChatRequest conversation(
            List<Message> messages, TokapuChatOptions options, List<ToolDefinition> tools) {
        List<ChatMessage> read = MessageReader.read(messages);
        ChatRequest.Builder chat = ChatRequest.builder(read)
                .continueFinalMessage(endsWithAnswer(read))
                .parallelToolCalls(options.getParallelToolCalls())
                .reasoning(reasoning(options));
        if (!tools.isEmpty()) {
            chat.tools(tools.stream().map(RequestReader::tool).toList());
        }
        String schema = options.getOutputSchema();
        if (schema != null) {
            chat.answerGrammar(Grammar.ofJsonSchemaCompact(schema));
        }
        set(options.getToolChoice(), chat::toolChoice);
        set(options.getTemplateArguments(), chat::arguments);
        return chat.build();
    }

    /** An answer at the end is the beginning of the next one. */
    private static boolean endsWithAnswer(List<ChatMessage> messages) {
        if (messages.size() < 2) {
            return false;
        }
        ChatMessage last = messages.get(messages.size() - 1);
        return last.role() == Role.ASSISTANT && last.toolCalls().isEmpty();
    }

    private static dev.tokapu.tool.ToolDefinition tool(ToolDefinition tool) {
        return new dev.tokapu.tool.ToolDefinition(tool.name(), tool.description(), tool.inputSchema());
    }

    private static ReasoningOptions reasoning(TokapuChatOptions options) {
        ReasoningOptions reasoning =
                Boolean.FALSE.equals(options.getThinking()) ? ReasoningOptions.off() : ReasoningOptions.defaults();
        if (options.getThinkingBudget() != null) {
            reasoning = reasoning.withBudget(options.getThinkingBudget());
        }
        return options.getReasoningEffort() == null ? reasoning : reasoning.withEffort(options.getReasoningEffort());
    }

    private static GenerationOptions generation(TokapuChatOptions options) {
        GenerationOptions.Builder builder = GenerationOptions.builder();
        set(options.getSeed(), builder::seed);
        set(options.getTemperature(), builder::temperature);
        set(options.getTopP(), builder::topP);
        set(options.getTopK(), builder::topK);
        set(options.getMinP(), builder::minP);
        set(options.getRepeatPenalty(), builder::repeatPenalty);
        set(options.getMaxTokens(), builder::maxTokens);
        List<String> stops = options.getStopSequences();
        if (stops != null && !stops.isEmpty()) {
            builder.stops(stops);
        }
        List<Sampler> first = first(options);
        return first.isEmpty() ? builder.build() : builder.build().withSamplersFirst(first);
    }

    private static List<Sampler> first(TokapuChatOptions options) {
        List<Sampler> first = new ArrayList<>();
        set(options.getSamplersFirst(), first::addAll);
        double frequency = orZero(options.getFrequencyPenalty());
        double presence = orZero(options.getPresencePenalty());
        if (frequency != 0 || presence != 0) {
            first.add(Sampler.penalties(PENALTY_LAST_N, 1, frequency, presence));
        }
        return first;
    }

    private static double orZero(@Nullable Double value) {
        return value == null ? 0 : value;
    }

    private static <T> void set(@Nullable T value, Consumer<? super T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }
}
