package dev.tokapu.engine;

import dev.tokapu.LoraSet;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.internal.text.GenerationChecks;
import dev.tokapu.sampling.ModelDefaults;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.StoppingCriterion;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Engine} is asked to generate.
 *
 * <p>Thread safety: immutable.
 *
 * @param prompt what to continue or to answer
 * @param samplers how tokens are chosen, in order; the last one selects. Grammars are samplers too
 * @param maxTokens tokens to generate at most; {@link #UNLIMITED} for as many as fit
 * @param stops texts that end the answer and are not part of it
 * @param stoppingCriteria what else ends it; asked after each token, off the decoding thread
 * @param ignoreEnd whether the model's own end is ignored, for measurements
 * @param logProbabilities how many of the likeliest tokens to report for each generated one; 0 for no report
 * @param adapters the LoRA adapters that it is computed with; requests with the same ones share steps
 * @param priority larger goes first
 * @param deadline from the submission: what is not finished then ends with {@link dev.tokapu.text.FinishReason#DEADLINE}; null for none
 * @param tenant whom it is for: tenants share the model evenly
 * @param answers answers to generate from one reading of the prompt
 * @param speculation how the next tokens are drafted, to compute several of them in one step
 * @since 0.1
 */
public record Request(
        Prompt prompt,
        List<Sampler> samplers,
        int maxTokens,
        List<String> stops,
        List<StoppingCriterion> stoppingCriteria,
        boolean ignoreEnd,
        int logProbabilities,
        LoraSet adapters,
        int priority,
        @Nullable Duration deadline,
        String tenant,
        int answers,
        Speculation speculation) {

    /** Generate until the model ends the text or the sequence is full. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** The tenant of requests that name none. */
    public static final String DEFAULT_TENANT = "";

    private static final int MOST_ANSWERS = 256;

    /** Checks the values. */
    public Request {
        Objects.requireNonNull(prompt, "prompt");
        SchedulingOptions.check(adapters, deadline, tenant);
        Objects.requireNonNull(speculation, "speculation");
        samplers = List.copyOf(samplers);
        stops = List.copyOf(stops);
        stoppingCriteria = List.copyOf(stoppingCriteria);
        GenerationChecks.check(samplers, maxTokens, stops);
        GenerationChecks.checkLogProbabilities(logProbabilities);
        if (maxTokens == 0) {
            throw new IllegalArgumentException("maxTokens is 0; a request generates at least one token");
        }
        if (answers < 1 || answers > MOST_ANSWERS) {
            throw new IllegalArgumentException("answers is " + answers + "; it must be from 1 to " + MOST_ANSWERS);
        }
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
        return new Builder(new Prompt.Tokens(tokens));
    }

    /**
     * A builder for a conversation to answer.
     *
     * @param messages the conversation, oldest first
     * @return the builder
     */
    public static Builder builder(List<ChatMessage> messages) {
        return new Builder(new Prompt.Chat(ChatRequest.of(messages)));
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

    /**
     * A builder for {@link Request}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final Prompt prompt;
        private @Nullable List<Sampler> samplers;
        private int seed = Sampler.RANDOM_SEED;
        private @Nullable Float temperature;
        private int maxTokens = UNLIMITED;
        private List<String> stops = List.of();
        private List<StoppingCriterion> stoppingCriteria = List.of();
        private boolean ignoreEnd;
        private int logProbabilities;
        private LoraSet adapters = LoraSet.NONE;
        private int priority;
        private @Nullable Duration deadline;
        private String tenant = DEFAULT_TENANT;
        private int answers = 1;
        private Speculation speculation = Speculation.none();

        private Builder(Prompt prompt) {
            this.prompt = prompt;
        }

        /**
         * Sets the samplers; seed and temperature of this builder mean nothing then.
         *
         * @param value one or more; the last one selects
         * @return this
         */
        public Builder samplers(List<? extends Sampler> value) {
            samplers = List.copyOf(value);
            return this;
        }

        /**
         * Sets the samplers; seed and temperature of this builder mean nothing then.
         *
         * @param value one or more; the last one selects
         * @return this
         */
        public Builder samplers(Sampler... value) {
            return samplers(List.of(value));
        }

        /**
         * Sets the seed of the default samplers; of several answers each has its own random numbers.
         *
         * @param value the seed, or {@link Sampler#RANDOM_SEED}
         * @return this
         */
        public Builder seed(int value) {
            seed = value;
            return this;
        }

        /**
         * Sets the temperature of the default samplers.
         *
         * @param value 0 or more, as the model says or 0.8 unless set; 0 always takes the most likely token
         * @return this
         */
        public Builder temperature(float value) {
            temperature = value;
            return this;
        }

        /**
         * Sets the stop strings.
         *
         * @param value texts that end the answer
         * @return this
         */
        public Builder stops(String... value) {
            stops = List.of(value);
            return this;
        }

        /**
         * Sets what ends the answer besides stop strings and limits.
         *
         * @param value asked after each token, in this order
         * @return this
         */
        public Builder stoppingCriteria(StoppingCriterion... value) {
            stoppingCriteria = List.of(value);
            return this;
        }

        /**
         * Sets maxTokens: tokens to generate at most; {@link #UNLIMITED} for as many as fit.
         *
         * @param value the value
         * @return this
         */
        public Builder maxTokens(int value) {
            maxTokens = value;
            return this;
        }

        /**
         * Sets ignoreEnd: whether the model's own end is ignored, for measurements.
         *
         * @param value the value
         * @return this
         */
        public Builder ignoreEnd(boolean value) {
            ignoreEnd = value;
            return this;
        }

        /**
         * Sets logProbabilities: how many of the likeliest tokens to report for each generated one; 0 for no report.
         *
         * @param value the value
         * @return this
         */
        public Builder logProbabilities(int value) {
            logProbabilities = value;
            return this;
        }

        /**
         * Sets adapters: the LoRA adapters that it is computed with; requests with the same ones share steps.
         *
         * @param value the value
         * @return this
         */
        public Builder adapters(LoraSet value) {
            adapters = value;
            return this;
        }

        /**
         * Sets priority: larger goes first.
         *
         * @param value the value
         * @return this
         */
        public Builder priority(int value) {
            priority = value;
            return this;
        }

        /**
         * Sets deadline: from the submission: what is not finished then ends with {@link dev.tokapu.text.FinishReason#DEADLINE}; null for none.
         *
         * @param value the value
         * @return this
         */
        public Builder deadline(Duration value) {
            deadline = value;
            return this;
        }

        /**
         * Sets tenant: whom it is for: tenants share the model evenly.
         *
         * @param value the value
         * @return this
         */
        public Builder tenant(String value) {
            tenant = value;
            return this;
        }

        /**
         * Sets adapters, priority, deadline and tenant.
         *
         * @param value the terms
         * @return this
         */
        public Builder scheduling(SchedulingOptions value) {
            adapters = value.adapters();
            priority = value.priority();
            deadline = value.deadline();
            tenant = value.tenant();
            return this;
        }

        /**
         * Sets answers: answers to generate from one reading of the prompt.
         *
         * @param value the value
         * @return this
         */
        public Builder answers(int value) {
            answers = value;
            return this;
        }

        /**
         * Sets speculation: how the next tokens are drafted, to compute several of them in one step; {@link Speculation#none()} unless set. The
         * answer is the same. Its tokens are chosen on threads, also where {@link SamplingDevice#DEVICE} is set.
         *
         * @param value the value
         * @return this
         */
        public Builder speculation(Speculation value) {
            speculation = value;
            return this;
        }

        /**
         * The request.
         *
         * @return the request
         * @throws IllegalArgumentException when a value is out of range
         */
        public Request build() {
            List<Sampler> chain = samplers == null ? List.of(new ModelDefaults(seed, temperature)) : samplers;
            return new Request(
                    prompt,
                    chain,
                    maxTokens,
                    stops,
                    stoppingCriteria,
                    ignoreEnd,
                    logProbabilities,
                    adapters,
                    priority,
                    deadline,
                    tenant,
                    answers,
                    speculation);
        }
    }
}
