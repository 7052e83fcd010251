package dev.tokapu.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.Role;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.ModelDefaults;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.tool.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** LangChain4j's chat requests as requests of an engine. */
final class RequestReader {

    private RequestReader() {}

    /** {@return the request, all of whose parameters are set} */
    static Request read(ChatRequest request) {
        TokapuChatRequestParameters parameters = TokapuChatRequestParameters.of(request.parameters());
        Request.Builder builder =
                Request.builder(conversation(request, parameters)).generation(generation(parameters));
        set(parameters.scheduling(), builder::scheduling);
        set(parameters.speculation(), builder::speculation);
        return builder.build();
    }

    private static dev.tokapu.chat.ChatRequest conversation(
            ChatRequest request, TokapuChatRequestParameters parameters) {
        List<ChatMessage> messages = MessageReader.read(request.messages());
        dev.tokapu.chat.ChatRequest.Builder chat = dev.tokapu.chat.ChatRequest.builder(messages)
                .continueFinalMessage(endsWithAnswer(messages))
                .parallelToolCalls(parameters.parallelToolCalls())
                .answerGrammar(Schemas.grammar(parameters.responseFormat()));
        List<ToolSpecification> tools = parameters.toolSpecifications();
        if (!tools.isEmpty()) {
            chat.tools(tools.stream().map(Schemas::tool).toList());
        }
        chat.toolChoice(choice(parameters.toolChoice()));
        set(parameters.reasoning(), chat::reasoning);
        set(parameters.templateArguments(), chat::arguments);
        return chat.build();
    }

    /** An answer at the end is the beginning of the next one. */
    private static boolean endsWithAnswer(List<ChatMessage> messages) {
        ChatMessage last = messages.get(messages.size() - 1);
        return messages.size() > 1
                && last.role() == Role.ASSISTANT
                && last.toolCalls().isEmpty();
    }

    private static ToolChoice choice(dev.langchain4j.model.chat.request.@Nullable ToolChoice choice) {
        if (choice == null) {
            return ToolChoice.auto();
        }
        return switch (choice) {
            case AUTO -> ToolChoice.auto();
            case REQUIRED -> ToolChoice.required();
            case NONE -> ToolChoice.none();
        };
    }

    private static GenerationOptions generation(TokapuChatRequestParameters parameters) {
        ModelDefaults.Builder chosen = ModelDefaults.builder();
        set(parameters.seed(), chosen::seed);
        set(parameters.temperature(), chosen::temperature);
        set(parameters.topP(), chosen::topP);
        set(parameters.topK(), chosen::topK);
        set(parameters.minP(), chosen::minP);
        set(parameters.repeatPenalty(), chosen::repeatPenalty);
        set(parameters.frequencyPenalty(), chosen::frequencyPenalty);
        set(parameters.presencePenalty(), chosen::presencePenalty);
        List<Sampler> samplers = new ArrayList<>();
        set(parameters.samplersFirst(), samplers::addAll);
        samplers.add(chosen.build());
        GenerationOptions.Builder options = GenerationOptions.builder().samplers(samplers);
        set(parameters.maxOutputTokens(), options::maxTokens);
        if (!parameters.stopSequences().isEmpty()) {
            options.stops(parameters.stopSequences());
        }
        return options.build();
    }

    private static <T> void set(@Nullable T value, Consumer<? super T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }
}
