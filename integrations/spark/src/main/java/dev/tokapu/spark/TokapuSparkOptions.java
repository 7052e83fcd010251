package dev.tokapu.spark;

import dev.tokapu.Pooling;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The model that executors load, its engine, and how rows are answered. It travels to the executors; the model itself does not.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class TokapuSparkOptions implements Serializable {

    private static final long serialVersionUID = 1L;

    /** What was set; a record, for equality and text. */
    private record Values(
            String model, EngineSettings engine, AnswerSettings answers, int rowsInFlight, Duration idleTimeout)
            implements Serializable {}

    private final Values values;

    private TokapuSparkOptions(Values values) {
        this.values = values;
    }

    /**
     * {@return a builder}
     *
     * @param model what every executor can load: a path that each node has, a name of a hub ({@code hf://org/repo:Q4_K_M}), {@code
     *     sparkfiles:NAME} for a file that {@code SparkContext.addFile} or {@code --files} distributes, {@code classpath:NAME}
     */
    public static Builder builder(String model) {
        return new Builder(model);
    }

    /**
     * Reads options from Spark's configuration: {@code spark.tokapu.model}, and {@code spark.tokapu.} with the name of any setter of {@link Builder}.
     *
     * @param configuration keys and values; only keys with the prefix {@code spark.tokapu.} are read
     * @return the options
     * @throws IllegalArgumentException when there is no model, a key is unknown or a value cannot be read
     */
    public static TokapuSparkOptions ofConfiguration(Map<String, String> configuration) {
        return ConfigurationReader.read(configuration);
    }

    /** {@return a builder that starts with these options} */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** {@return what executors load} */
    public String model() {
        return values.model();
    }

    /** {@return rows of a task that are computed or wait for an earlier one at most; 0 for four times the sequences} */
    public int rowsInFlight() {
        return values.rowsInFlight();
    }

    /** {@return how long an engine that no task uses stays in memory} */
    public Duration idleTimeout() {
        return values.idleTimeout();
    }

    EngineSettings engine() {
        return values.engine();
    }

    AnswerSettings answers() {
        return values.answers();
    }

    /** The size of a task's window. */
    int window() {
        return rowsInFlight() == 0 ? 4 * engine().maxSequences() : rowsInFlight();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokapuSparkOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString().replace("Values[", "TokapuSparkOptions[");
    }

    /**
     * A builder for {@link TokapuSparkOptions}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final String model;
        private int maxSequences = 8;
        private int contextSize;
        private int threads;
        private int gpuLayers = -1;
        private @Nullable Pooling pooling;
        private boolean reproducible;
        private String system = "";
        private boolean completion;
        private int maxTokens = 256;
        private double temperature;
        private @Nullable Integer topK;
        private @Nullable Double topP;
        private int seed = 1;
        private List<String> stops = List.of();
        private @Nullable Duration deadline;
        private @Nullable Boolean thinking;
        private int rowsInFlight;
        private Duration idleTimeout = Duration.ofMinutes(1);

        private Builder(String model) {
            this.model = Objects.requireNonNull(model, "model");
        }

        private Builder(TokapuSparkOptions options) {
            this(options.model());
            EngineSettings engine = options.engine();
            maxSequences(engine.maxSequences())
                    .contextSize(engine.contextSize())
                    .threads(engine.threads());
            gpuLayers(engine.gpuLayers()).pooling(engine.pooling()).reproducible(engine.reproducible());
            AnswerSettings answers = options.answers();
            system(answers.system()).completion(answers.completion()).maxTokens(answers.maxTokens());
            temperature(answers.temperature()).topK(answers.topK()).topP(answers.topP());
            seed(answers.seed()).stops(answers.stops()).deadline(answers.deadline());
            thinking(answers.thinking()).rowsInFlight(options.rowsInFlight()).idleTimeout(options.idleTimeout());
        }

        /** Sets how many rows an executor computes at the same time, of all its tasks together, 1 to 256; default 8. */
        public Builder maxSequences(int value) {
            maxSequences = value;
            return this;
        }

        /** Sets the tokens of one row, prompt and answer; default 0: 4096, or what the model was trained for if less. */
        public Builder contextSize(int value) {
            contextSize = value;
            return this;
        }

        /** Sets the threads that compute; default 0: {@code spark.executor.cores}, or as many as the machine has cores. */
        public Builder threads(int value) {
            threads = value;
            return this;
        }

        /** Sets the layers that a GPU computes; negative, the default, for all that its memory holds. */
        public Builder gpuLayers(int value) {
            gpuLayers = value;
            return this;
        }

        /** Sets how {@code embed} makes one vector of a text; null, the default, for what the model says. */
        public Builder pooling(@Nullable Pooling value) {
            pooling = value;
            return this;
        }

        /**
         * Sets whether a CPU gives a row the same answer beside any other rows, in every partitioning and attempt. One thread of each executor
         * computes then, and long prompts take longer. Default false.
         */
        public Builder reproducible(boolean value) {
            reproducible = value;
            return this;
        }

        /** Sets the system message in front of all prompts, which is computed once for each executor; default none. */
        public Builder system(String value) {
            system = Objects.requireNonNull(value, "system");
            return this;
        }

        /** Sets whether prompts are texts to continue, without a chat template; default false, they are questions of a user. */
        public Builder completion(boolean value) {
            completion = value;
            return this;
        }

        /** Sets the most tokens of an answer, 1 or more; default 256. */
        public Builder maxTokens(int value) {
            maxTokens = value;
            return this;
        }

        /** Sets the temperature; default 0, the likeliest token is taken. */
        public Builder temperature(double value) {
            temperature = value;
            return this;
        }

        /** Sets how many of the likeliest tokens are left at a temperature above 0; null, the default, for the model's value. */
        public Builder topK(@Nullable Integer value) {
            topK = value;
            return this;
        }

        /** Sets the probability that the tokens left have together at a temperature above 0; null, the default, for the model's value. */
        public Builder topP(@Nullable Double value) {
            topP = value;
            return this;
        }

        /** Sets what the seed of a row is made of, together with its prompt; default 1. */
        public Builder seed(int value) {
            seed = value;
            return this;
        }

        /** Sets texts that end an answer and are not part of it; default none. */
        public Builder stops(List<String> value) {
            stops = List.copyOf(value);
            return this;
        }

        /** Sets how long a row may take from the moment that its task hands it to the engine; null, the default, for any time. */
        public Builder deadline(@Nullable Duration value) {
            deadline = value;
            return this;
        }

        /** Sets whether a model that can think does; null, the default, for what its template does by itself. */
        public Builder thinking(@Nullable Boolean value) {
            thinking = value;
            return this;
        }

        /** Sets rows of a task that are computed or wait for an earlier one at most; default 0: four times {@link #maxSequences}. */
        public Builder rowsInFlight(int value) {
            rowsInFlight = value;
            return this;
        }

        /** Sets how long an engine that no task uses stays in memory, for the next stage; default a minute. */
        public Builder idleTimeout(Duration value) {
            idleTimeout = Objects.requireNonNull(value, "idleTimeout");
            return this;
        }

        /**
         * The options.
         *
         * @return the options
         * @throws IllegalArgumentException when a value is out of range
         */
        public TokapuSparkOptions build() {
            if (model.isBlank()) {
                throw new IllegalArgumentException(
                        "the model is blank; give a path, a name of a hub or sparkfiles:NAME");
            }
            EngineSettings.between("rowsInFlight", rowsInFlight, 0, 100_000);
            if (idleTimeout.isNegative()) {
                throw new IllegalArgumentException("idleTimeout is " + idleTimeout + "; it must not be negative");
            }
            return new TokapuSparkOptions(new Values(
                    model,
                    new EngineSettings(maxSequences, contextSize, threads, gpuLayers, pooling, reproducible),
                    new AnswerSettings(
                            system, completion, maxTokens, temperature, topK, topP, seed, stops, deadline, thinking),
                    rowsInFlight,
                    idleTimeout));
        }
    }
}
