package dev.tokapu.engine;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.GenerationOptionsBuilder;
import dev.tokapu.text.TokenPrompt;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A prompt for an {@link Engine}, with its generation and scheduling options.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class Request {

    private static final int MOST_ANSWERS = 256;

    private final Prompt prompt;
    private final GenerationOptions generation;
    private final SchedulingOptions scheduling;
    private final int answers;
    private final @Nullable Speculation speculation;

    private Request(Builder builder, GenerationOptions generation) {
        this.prompt = builder.prompt;
        this.generation = generation;
        this.scheduling = builder.scheduling;
        this.answers = builder.answers;
        this.speculation = builder.speculation;
        Checks.between("answers", answers, 1, MOST_ANSWERS);
    }

    /**
     * A text to continue, with the defaults.
     *
     * @param text the text
     * @return the request
     */
    public static Request of(String text) {
        return builder(text).build();
    }

    /**
     * A conversation to answer, with the defaults.
     *
     * @param messages the conversation, oldest first
     * @return the request
     */
    public static Request of(List<ChatMessage> messages) {
        return builder(messages).build();
    }

    /**
     * A builder for a text to continue; control tokens in it are not parsed.
     *
     * @param text the text
     * @return the builder
     */
    public static Builder builder(String text) {
        return new Builder(new Prompt.Text(text));
    }

    /**
     * A builder for tokens to continue.
     *
     * @param tokens their ids, at least one; BOS is not added
     * @return the builder
     */
    public static Builder builder(int[] tokens) {
        return builder(TokenPrompt.of(tokens));
    }

    /**
     * A builder for tokens to continue.
     *
     * @param tokens the tokens, and what has to be known of them
     * @return the builder
     */
    public static Builder builder(TokenPrompt tokens) {
        return new Builder(new Prompt.Tokens(tokens));
    }

    /**
     * A builder for a conversation to answer.
     *
     * @param messages the conversation, oldest first
     * @return the builder
     */
    public static Builder builder(List<ChatMessage> messages) {
        return builder(ChatRequest.of(messages));
    }

    /**
     * A builder for a conversation to answer, with tools or arguments of the template.
     *
     * @param chat the conversation
     * @return the builder
     */
    public static Builder builder(ChatRequest chat) {
        return new Builder(new Prompt.Chat(chat));
    }

    /** {@return a builder that starts with this request} */
    public Builder toBuilder() {
        return new Builder(prompt)
                .generation(generation)
                .scheduling(scheduling)
                .answers(answers)
                .speculation(speculation);
    }

    /** {@return what to continue or to answer} */
    public Prompt prompt() {
        return prompt;
    }

    /** {@return how tokens are chosen and what ends the answer} */
    public GenerationOptions generation() {
        return generation;
    }

    /** {@return when it is served, and with which adapters} */
    public SchedulingOptions scheduling() {
        return scheduling;
    }

    /** {@return how many answers to generate from one prefill of the prompt, 1 unless set} */
    public int answers() {
        return answers;
    }

    /**
     * How the next tokens are drafted, to compute several of them in one step.
     *
     * @return null for what {@link EngineOptions#speculation()} says
     */
    public @Nullable Speculation speculation() {
        return speculation;
    }

    @Override
    public String toString() {
        return "Request[" + generation + ", " + scheduling + ", answers=" + answers + ", " + speculation + "]";
    }

    /**
     * A builder for {@link Request}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder extends GenerationOptionsBuilder<Builder>
            implements SchedulingOptionsBuilder<Builder> {

        private final Prompt prompt;
        private SchedulingOptions scheduling = SchedulingOptions.defaults();
        private int answers = 1;
        private @Nullable Speculation speculation;

        private Builder(Prompt prompt) {
            this.prompt = prompt;
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        public SchedulingOptions scheduling() {
            return scheduling;
        }

        @Override
        public Builder scheduling(SchedulingOptions value) {
            scheduling = Objects.requireNonNull(value, "scheduling");
            return this;
        }

        /**
         * Sets how many answers to generate from one prefill of the prompt.
         *
         * @param value 1 to 256
         * @return this
         */
        public Builder answers(int value) {
            answers = value;
            return this;
        }

        /**
         * Sets how the next tokens are drafted, to compute several of them in one step; null, which is the default, for what
         * {@link EngineOptions#speculation()} says. The answer is the same. Its tokens are chosen on threads, also where {@link SamplingDevice#DEVICE} is set.
         *
         * @param value the speculation
         * @return this
         */
        public Builder speculation(@Nullable Speculation value) {
            speculation = value;
            return this;
        }

        /**
         * The request.
         *
         * @return the request
         * @throws IllegalArgumentException when a value is out of range, or samplers were set and single values, too
         */
        public Request build() {
            return new Request(this, generationOptions());
        }
    }
}
