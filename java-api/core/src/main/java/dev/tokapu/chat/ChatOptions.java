package dev.tokapu.chat;

import dev.tokapu.ContextOptions;
import dev.tokapu.internal.util.NamedValues;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.GenerationOptionsBuilder;
import dev.tokapu.tool.ToolChoice;
import dev.tokapu.tool.ToolDefinition;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * System prompt, context, generation, template and tools of a {@link ChatSession}.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ChatOptions {

    private final @Nullable String systemPrompt;
    private final ContextOptions context;
    private final GenerationOptions generation;
    private final ContextShift contextShift;
    private final @Nullable String template;
    private final Map<String, Object> templateArguments;
    private final List<ToolDefinition> tools;
    private final ToolChoice toolChoice;
    private final @Nullable Boolean parallelToolCalls;
    private final ReasoningOptions reasoning;

    private ChatOptions(Builder builder, GenerationOptions generation) {
        this.systemPrompt = builder.systemPrompt;
        this.context = builder.context;
        this.generation = generation;
        this.contextShift = builder.contextShift;
        this.template = builder.template;
        this.templateArguments = builder.templateArguments;
        this.tools = builder.tools;
        this.toolChoice = builder.toolChoice;
        this.parallelToolCalls = builder.parallelToolCalls;
        this.reasoning = builder.reasoning;
    }

    /**
     * {@link GenerationOptions#defaults()}, no system prompt, the model's own template.
     *
     * @return the options
     */
    public static ChatOptions defaults() {
        return builder().build();
    }

    /** {@return a builder that starts with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these options} */
    public Builder toBuilder() {
        return builder()
                .generation(generation)
                .systemPrompt(systemPrompt)
                .context(context)
                .contextShift(contextShift)
                .template(template)
                .templateArguments(templateArguments)
                .tools(tools)
                .toolChoice(toolChoice)
                .parallelToolCalls(parallelToolCalls)
                .reasoning(reasoning);
    }

    /** {@return the instructions that begin the conversation, or null for none} */
    public @Nullable String systemPrompt() {
        return systemPrompt;
    }

    /** {@return the settings of the context that the session makes for itself} */
    public ContextOptions context() {
        return context;
    }

    /** {@return how tokens are chosen and what ends an answer} */
    public GenerationOptions generation() {
        return generation;
    }

    /** {@return what to forget when the conversation fills the context; the oldest messages go as a whole} */
    public ContextShift contextShift() {
        return contextShift;
    }

    /** {@return the Jinja source of the chat template, or null for the model's own} */
    public @Nullable String template() {
        return template;
    }

    /** {@return further variables of the template, name to value} */
    public Map<String, Object> templateArguments() {
        return templateArguments;
    }

    /** {@return the tools that the model is told about} */
    public List<ToolDefinition> tools() {
        return tools;
    }

    /** {@return whether the model may, must or must not call tools; it decides unless set} */
    public ToolChoice toolChoice() {
        return toolChoice;
    }

    /** {@return whether the model may call several tools at once; null for what the template can} */
    public @Nullable Boolean parallelToolCalls() {
        return parallelToolCalls;
    }

    /** {@return whether and how long the model thinks before it answers} */
    public ReasoningOptions reasoning() {
        return reasoning;
    }

    private NamedValues values() {
        return new NamedValues("ChatOptions")
                .with("systemPrompt", systemPrompt)
                .with("context", context)
                .with("generation", generation)
                .with("contextShift", contextShift)
                .with("template", template)
                .with("templateArguments", templateArguments)
                .with("tools", tools)
                .with("toolChoice", toolChoice)
                .with("parallelToolCalls", parallelToolCalls)
                .with("reasoning", reasoning);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ChatOptions that && values().equals(that.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    @Override
    public String toString() {
        return values().toString();
    }

    /**
     * A builder for {@link ChatOptions}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder extends GenerationOptionsBuilder<Builder> {

        private @Nullable String systemPrompt;
        private ContextOptions context = ContextOptions.defaults();
        private ContextShift contextShift = ContextShift.none();
        private @Nullable String template;
        private Map<String, Object> templateArguments = Map.of();
        private List<ToolDefinition> tools = List.of();
        private ToolChoice toolChoice = ToolChoice.auto();
        private @Nullable Boolean parallelToolCalls;
        private ReasoningOptions reasoning = ReasoningOptions.defaults();

        private Builder() {}

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets the system prompt.
         *
         * @param value instructions for the whole conversation, or null for none
         * @return this
         */
        public Builder systemPrompt(@Nullable String value) {
            systemPrompt = value;
            return this;
        }

        /**
         * Sets the context's settings.
         *
         * @param value the settings
         * @return this
         */
        public Builder context(ContextOptions value) {
            context = Objects.requireNonNull(value, "context");
            return this;
        }

        /**
         * What to forget when the conversation fills the context; {@link ContextShift#none()} by default: a message that does not fit
         * is refused, and an answer ends. The system prompt stays.
         *
         * @param value the strategy
         * @return this
         */
        public Builder contextShift(ContextShift value) {
            contextShift = Objects.requireNonNull(value, "contextShift");
            return this;
        }

        /**
         * Sets the chat template.
         *
         * @param value Jinja source, or null for the model's own
         * @return this
         */
        public Builder template(@Nullable String value) {
            template = value;
            return this;
        }

        /**
         * Sets further variables of the template.
         *
         * @param value name to value: text, numbers, booleans, lists and maps of them
         * @return this
         */
        public Builder templateArguments(Map<String, ?> value) {
            templateArguments = Map.copyOf(value);
            return this;
        }

        /**
         * Sets the tools that the model is told about; {@link ChatAnswer#toolCalls} has its calls.
         *
         *
         * @param value the tools
         * @return this
         */
        public Builder tools(List<ToolDefinition> value) {
            tools = List.copyOf(value);
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
         * Sets whether and how long the model thinks before it answers.
         *
         * @param value as it likes unless set
         * @return this
         */
        public Builder reasoning(ReasoningOptions value) {
            reasoning = Objects.requireNonNull(value, "reasoning");
            return this;
        }

        /**
         * The options.
         *
         * @return the options
         * @throws IllegalArgumentException when a value is out of range, or samplers were set and single values, too
         */
        public ChatOptions build() {
            return new ChatOptions(this, generationOptions());
        }
    }
}
