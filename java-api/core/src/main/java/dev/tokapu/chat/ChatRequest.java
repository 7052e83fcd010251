package dev.tokapu.chat;

import dev.tokapu.sampling.Grammar;
import dev.tokapu.tool.ToolChoice;
import dev.tokapu.tool.ToolDefinition;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ChatTemplate} renders.
 *
 * <p>Thread safety: immutable.
 *
 * @param messages the conversation, oldest first; at least one
 * @param tools tools that the model may call
 * @param arguments further variables of the template: text, numbers, booleans, lists and maps of them
 * @param addGenerationPrompt whether the prompt ends with the beginning of the assistant's answer
 * @param continueFinalMessage whether the last message, which is the assistant's, is the answer prefix: the model goes on in it
 * @param reasoning whether and how long the model thinks
 * @param toolChoice whether the model may, must or must not call tools
 * @param parallelToolCalls whether the model may call several tools at once; null for what the template can
 * @param answerGrammar what an answer must be that calls no tool, behind its thoughts; null for anything
 * @since 0.1
 */
public record ChatRequest(
        List<ChatMessage> messages,
        List<ToolDefinition> tools,
        Map<String, Object> arguments,
        boolean addGenerationPrompt,
        boolean continueFinalMessage,
        ReasoningOptions reasoning,
        ToolChoice toolChoice,
        @Nullable Boolean parallelToolCalls,
        @Nullable Grammar answerGrammar) {

    /** Checks the values. */
    public ChatRequest {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        arguments = Map.copyOf(arguments);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("the conversation is empty; give at least one message");
        }
        if (continueFinalMessage) {
            requireBegun(messages);
        }
        String named = toolChoice.name();
        if (named != null && tools.stream().noneMatch(tool -> tool.name().equals(named))) {
            throw new IllegalArgumentException("the tool to be called, '" + named + "', is none of "
                    + tools.stream().map(ToolDefinition::name).toList());
        }
        if (toolChoice.kind() == ToolChoice.Kind.REQUIRED && tools.isEmpty()) {
            throw new IllegalArgumentException("a tool must be called, and there is none; set tools");
        }
        if (answerGrammar != null && !answerGrammar.root().equals("root")) {
            throw new IllegalArgumentException(
                    "the grammar of the answer begins with the rule '" + answerGrammar.root() + "'; it must be 'root'");
        }
    }

    private static void requireBegun(List<ChatMessage> messages) {
        ChatMessage last = messages.get(messages.size() - 1);
        if (messages.size() == 1 || last.role() != Role.ASSISTANT) {
            throw new IllegalArgumentException("the last message is to be continued, but it is "
                    + (messages.size() == 1
                            ? "the only one"
                            : "of the role " + last.role().text())
                    + "; end with a message of the assistant behind others");
        }
        if (!last.toolCalls().isEmpty()) {
            throw new IllegalArgumentException(
                    "the last message calls tools and cannot be continued; add the results of its calls");
        }
        if (messages.get(messages.size() - 2).role() == Role.ASSISTANT) {
            throw new IllegalArgumentException(
                    "the last two messages are the assistant's; an answer that is continued is one message");
        }
    }

    /** {@return the last message} */
    ChatMessage finalMessage() {
        return messages.get(messages.size() - 1);
    }

    /** {@return the messages that the template renders: without the one that is continued} */
    List<ChatMessage> rendered() {
        return continueFinalMessage ? messages.subList(0, messages.size() - 1) : messages;
    }

    /** The same to be rendered without the beginning of a further message. */
    ChatRequest whole() {
        return new ChatRequest(
                messages, tools, arguments, false, false, reasoning, toolChoice, parallelToolCalls, answerGrammar);
    }

    /**
     * The same for another conversation.
     *
     * @param value the messages, oldest first
     * @return the request
     */
    public ChatRequest withMessages(List<ChatMessage> value) {
        return new ChatRequest(
                value,
                tools,
                arguments,
                addGenerationPrompt,
                continueFinalMessage,
                reasoning,
                toolChoice,
                parallelToolCalls,
                answerGrammar);
    }

    /**
     * A conversation that waits for the assistant's answer, without tools.
     *
     * @param messages the conversation
     * @return the request
     */
    public static ChatRequest of(List<ChatMessage> messages) {
        return builder(messages).build();
    }

    /**
     * A builder.
     *
     * @param messages the conversation
     * @return the builder
     */
    public static Builder builder(List<ChatMessage> messages) {
        return new Builder(messages);
    }

    /**
     * A builder for {@link ChatRequest}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final List<ChatMessage> messages;
        private List<ToolDefinition> tools = List.of();
        private Map<String, Object> arguments = Map.of();
        private boolean addGenerationPrompt = true;
        private boolean continueFinalMessage;
        private ReasoningOptions reasoning = ReasoningOptions.defaults();
        private ToolChoice toolChoice = ToolChoice.auto();
        private @Nullable Boolean parallelToolCalls;
        private @Nullable Grammar answerGrammar;

        private Builder(List<ChatMessage> messages) {
            this.messages = List.copyOf(messages);
        }

        /**
         * Sets the tools.
         *
         * @param value tools that the model may call
         * @return this
         */
        public Builder tools(List<ToolDefinition> value) {
            tools = List.copyOf(value);
            return this;
        }

        /**
         * Sets further variables of the template.
         *
         * @param value name to value
         * @return this
         */
        public Builder arguments(Map<String, ?> value) {
            arguments = Map.copyOf(value);
            return this;
        }

        /**
         * Sets whether the prompt ends with the beginning of the answer.
         *
         * @param value true unless set
         * @return this
         */
        public Builder addGenerationPrompt(boolean value) {
            addGenerationPrompt = value;
            return this;
        }

        /**
         * Sets whether and how long the model thinks.
         *
         * @param value as it likes unless set
         * @return this
         */
        public Builder reasoning(ReasoningOptions value) {
            reasoning = Objects.requireNonNull(value, "reasoning");
            return this;
        }

        /**
         * Sets whether the model may, must or must not call tools.
         *
         * @param value the model decides unless set
         * @return this
         */
        public Builder toolChoice(ToolChoice value) {
            toolChoice = Objects.requireNonNull(value, "toolChoice");
            return this;
        }

        /**
         * Sets whether the last message is the answer prefix.
         *
         * @param value false, the default, for a new message; with true the prompt ends inside the last message, whatever
         *     {@link #addGenerationPrompt} says
         * @return this
         */
        public Builder continueFinalMessage(boolean value) {
            continueFinalMessage = value;
            return this;
        }

        /**
         * Sets whether the model may call several tools at once.
         *
         * @param value null, the default, for what the template can
         * @return this
         */
        public Builder parallelToolCalls(@Nullable Boolean value) {
            parallelToolCalls = value;
            return this;
        }

        /**
         * Sets what an answer must be that calls no tool.
         *
         * @param value the grammar of the answer behind its thoughts, with the root rule {@code root}; null, the default, for anything
         * @return this
         */
        public Builder answerGrammar(@Nullable Grammar value) {
            answerGrammar = value;
            return this;
        }

        /**
         * The request.
         *
         * @return the request
         */
        public ChatRequest build() {
            return new ChatRequest(
                    messages,
                    tools,
                    arguments,
                    addGenerationPrompt,
                    continueFinalMessage,
                    reasoning,
                    toolChoice,
                    parallelToolCalls,
                    answerGrammar);
        }
    }
}
