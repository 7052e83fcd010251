package dev.tokapu.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.Request;
import dev.tokapu.tool.ToolCall;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the two chat models have in common: from LangChain4j's request to a generation, and from its end to LangChain4j's response.
 *
 * @param computes the engines
 * @param parameters the defaults of requests, with the name of a model
 * @param listeners who is told of requests
 * @param capabilities what AI services may ask for
 */
record ChatCalls(
        Computation computes,
        TokapuChatRequestParameters parameters,
        List<ChatModelListener> listeners,
        Set<Capability> capabilities) {

    /**
     * A request that can be submitted.
     *
     * @param engine what computes it
     * @param modelName the engine's name
     * @param request the request
     */
    record Prepared(Engine engine, String modelName, Request request) {

        Generation submit() {
            return engine.submit(request);
        }
    }

    /** {@return a request as its engine takes it; one that asks for what there is not is refused} */
    Prepared prepare(ChatRequest request) {
        String asked = request.parameters().modelName();
        String name = asked == null ? modelName() : asked;
        return new Prepared(computes.catalog().engine(name), name, RequestReader.read(request));
    }

    private String modelName() {
        String name = parameters.modelName();
        return name == null ? computes.catalog().firstName() : name;
    }

    /** {@return the response to a request, when its answer has ended} */
    static ChatResponse response(Prepared request, Generation generation, ChatAnswer answer) {
        requireEnd(generation);
        return ChatResponse.builder()
                .aiMessage(message(answer))
                .metadata(TokapuChatResponseMetadata.builder()
                        .id(UUID.randomUUID().toString())
                        .modelName(request.modelName())
                        .tokenUsage(TokapuTokenUsage.of(answer.usage()))
                        .finishReason(reason(answer))
                        .timings(generation.requestTimings())
                        .build())
                .build();
    }

    /** An answer that was ended from outside is none. */
    private static void requireEnd(Generation generation) {
        switch (generation.finishReason()) {
            case DEADLINE ->
                throw new TimeoutException("the answer was not complete within "
                        + generation.request().scheduling().deadline() + ", after "
                        + generation.usage().generatedTokens() + " tokens; allow more time or fewer tokens");
            case CANCELLED -> {
                if (Thread.currentThread().isInterrupted()) {
                    throw Failures.interrupted(null);
                }
                throw new NonRetriableException("the answer was cancelled because the engine was closed");
            }
            default -> {
                // It came to its end.
            }
        }
    }

    private static AiMessage message(ChatAnswer answer) {
        String text = answer.text();
        List<ToolCall> calls = answer.toolCalls();
        return AiMessage.builder()
                .text(text.isEmpty() && !calls.isEmpty() ? null : text)
                .thinking(nullIfEmpty(answer.reasoning()))
                .toolExecutionRequests(calls.stream().map(AnswerEvents::request).toList())
                .build();
    }

    private static @Nullable String nullIfEmpty(String text) {
        return text.isEmpty() ? null : text;
    }

    private static FinishReason reason(ChatAnswer answer) {
        if (answer.finishReason().isCutOff()) {
            return FinishReason.LENGTH;
        }
        if (answer.formatProblem().isPresent()) {
            return FinishReason.OTHER;
        }
        return answer.toolCalls().isEmpty() ? FinishReason.STOP : FinishReason.TOOL_EXECUTION;
    }
}
