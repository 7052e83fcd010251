package dev.tokapu.chat;

import dev.tokapu.tool.ToolDefinition;
import java.util.List;
import java.util.Map;

/**
 * What a {@link ChatTemplate} renders.
 *
 * <p>Thread safety: immutable.
 *
 * @param messages the conversation, oldest first; at least one
 * @param tools tools that the model may call
 * @param arguments further variables of the template: text, numbers, booleans, lists and maps of them
 * @param addGenerationPrompt whether the prompt ends with the beginning of the assistant's answer
 * @param enableThinking whether a model that can reason first does so; templates that do not know it ignore it
 * @since 0.1
 */
public record ChatRequest(
        List<ChatMessage> messages,
        List<ToolDefinition> tools,
        Map<String, Object> arguments,
        boolean addGenerationPrompt,
        boolean enableThinking) {

    /** Checks the values. */
    public ChatRequest {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        arguments = Map.copyOf(arguments);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("the conversation is empty; give at least one message");
        }
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
        private boolean enableThinking = true;

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
         * Sets whether the model reasons first.
         *
         * @param value true unless set
         * @return this
         */
        public Builder enableThinking(boolean value) {
            enableThinking = value;
            return this;
        }

        /**
         * The request.
         *
         * @return the request
         */
        public ChatRequest build() {
            return new ChatRequest(messages, tools, arguments, addGenerationPrompt, enableThinking);
        }
    }
}
