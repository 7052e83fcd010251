package dev.tokapu.spring.ai;

import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.Request;
import dev.tokapu.text.Usage;
import dev.tokapu.tool.ToolCall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;

/**
 * One request to an engine, and its answer as Spring AI's responses.
 *
 * @param engine what computes it
 * @param modelName the engine's name
 * @param request the request
 * @param id of all responses to it
 */
record ChatCall(Engine engine, String modelName, Request request, String id) {

    static ChatCall of(Engine engine, String modelName, Request request) {
        return new ChatCall(engine, modelName, request, UUID.randomUUID().toString());
    }

    Generation submit() {
        return engine.submit(request);
    }

    /** {@return a part of the answer's text} */
    ChatResponse text(String text) {
        return part(new AssistantMessage(text));
    }

    /** {@return a part of a thought} */
    ChatResponse thought(String text) {
        return part(AssistantMessage.builder()
                .content("")
                .properties(Map.of(TokapuChatModel.THINKING, text))
                .build());
    }

    private ChatResponse part(AssistantMessage message) {
        return new ChatResponse(
                List.of(new org.springframework.ai.chat.model.Generation(message)),
                ChatResponseMetadata.builder().id(id).model(modelName).build());
    }

    /** {@return the answer as a whole, when it has ended} */
    ChatResponse whole(Generation generation, ChatAnswer answer) {
        Map<String, Object> properties = new HashMap<>();
        if (!answer.reasoning().isEmpty()) {
            properties.put(TokapuChatModel.THINKING, answer.reasoning());
            properties.put(TokapuChatModel.THOUGHTS, answer.reasoning());
        }
        return ended(generation, answer, answer.text(), properties);
    }

    /** {@return the last part of a streamed answer: all but its text, which the reader has} */
    ChatResponse last(Generation generation, ChatAnswer answer) {
        return ended(
                generation,
                answer,
                "",
                answer.reasoning().isEmpty() ? Map.of() : Map.of(TokapuChatModel.THOUGHTS, answer.reasoning()));
    }

    private ChatResponse ended(Generation generation, ChatAnswer answer, String text, Map<String, Object> properties) {
        requireEnd(generation);
        AssistantMessage message = AssistantMessage.builder()
                .content(text)
                .properties(properties)
                .toolCalls(answer.toolCalls().stream().map(ChatCall::call).toList())
                .build();
        ChatGenerationMetadata metadata =
                ChatGenerationMetadata.builder().finishReason(reason(answer)).build();
        return new ChatResponse(
                List.of(new org.springframework.ai.chat.model.Generation(message, metadata)),
                ChatResponseMetadata.builder()
                        .id(id)
                        .model(modelName)
                        .usage(usage(answer.usage()))
                        .keyValue(TokapuChatModel.TIMINGS, generation.requestTimings())
                        .build());
    }

    /** An answer that was ended from outside is none. */
    static void requireEnd(Generation generation) {
        switch (generation.finishReason()) {
            case DEADLINE -> {
                String message = "the answer was not complete within "
                        + generation.request().scheduling().deadline() + ", after "
                        + generation.usage().generatedTokens() + " tokens; allow more time or fewer tokens";
                throw new TransientAiException(message, new TimeoutException(message));
            }
            case CANCELLED ->
                throw new NonTransientAiException(
                        Thread.currentThread().isInterrupted()
                                ? "the thread was interrupted, and the answer was cancelled"
                                : "the answer was cancelled because the engine was closed");
            default -> {
                // It came to its end.
            }
        }
    }

    private static AssistantMessage.ToolCall call(ToolCall call) {
        return new AssistantMessage.ToolCall(call.id(), "function", call.name(), call.arguments());
    }

    private static String reason(ChatAnswer answer) {
        if (answer.finishReason().isCutOff()) {
            return "LENGTH";
        }
        if (answer.formatProblem().isPresent()) {
            return "OTHER";
        }
        return answer.toolCalls().isEmpty() ? "STOP" : "TOOL_CALLS";
    }

    private static DefaultUsage usage(Usage usage) {
        return new DefaultUsage(
                usage.promptTokens(),
                usage.generatedTokens(),
                usage.promptTokens() + usage.generatedTokens(),
                usage,
                (long) usage.cachedTokens(),
                null);
    }
}
