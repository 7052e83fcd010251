package dev.tokapu.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.tool.ToolCall;
import org.jspecify.annotations.Nullable;

/** What is new in an answer, as LangChain4j's events. Confined to the thread that reads the answer. */
final class AnswerEvents {

    private String id = "";
    private String name = "";
    private String held = "";

    /**
     * {@return the event that a delta is; null for none} LangChain4j has no blank parts of arguments, and {@code {}} in one part: what says nothing goes
     * with the next part.
     */
    @Nullable
    ChatModelStreamingEvent of(AnswerDelta delta) {
        if (delta instanceof AnswerDelta.Text text) {
            return new PartialResponse(text.text());
        }
        if (delta instanceof AnswerDelta.Reasoning thought) {
            return new PartialThinking(thought.text());
        }
        if (delta instanceof AnswerDelta.CallStarted call) {
            id = call.id();
            name = call.name();
            held = "";
            return null;
        }
        if (delta instanceof AnswerDelta.CallArguments more) {
            return part(more);
        }
        AnswerDelta.CallCompleted call = (AnswerDelta.CallCompleted) delta;
        return new CompleteToolCall(call.index(), request(call.call()));
    }

    private @Nullable PartialToolCall part(AnswerDelta.CallArguments more) {
        String arguments = held + more.json();
        if (arguments.isBlank() || arguments.strip().equals("{")) {
            held = arguments;
            return null;
        }
        held = "";
        return PartialToolCall.builder()
                .index(more.index())
                .id(id)
                .name(name)
                .partialArguments(arguments)
                .build();
    }

    /** {@return a call as LangChain4j has it} */
    static ToolExecutionRequest request(ToolCall call) {
        return ToolExecutionRequest.builder()
                .id(call.id())
                .name(call.name())
                .arguments(call.arguments())
                .build();
    }
}
