package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;
import dev.tokapu.internal.util.NamedValues;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The chain that the model's own file asks for, by its metadata {@code general.sampling.*}, as llama.cpp's tools read it; where it
 * asks for nothing, {@link Sampler#defaults(int)}. {@link SamplerChain#of} puts the samplers in its place, and
 * {@link SamplerChain#samplers()} tells which they are.
 *
 * <p>The keys: {@code sequence} (names separated by {@code ;}), {@code top_k}, {@code top_p}, {@code min_p},
 * {@code xtc_probability}, {@code xtc_threshold}, {@code temp}, {@code penalty_last_n}, {@code penalty_repeat}, {@code mirostat},
 * {@code mirostat_tau}, {@code mirostat_eta}. A value that is no number is ignored, as there.
 *
 * <p>A value that is set here takes the place of the file's. Where the file's {@code sequence} does not name its sampler, or asks for
 * Mirostat, the sampler is there all the same, at its usual place. A sequence or a Mirostat that is set here is the whole of what there
 * is, as with llama.cpp's tools: samplers that the sequence does not name are left out, and Mirostat has a temperature beside it alone.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ModelDefaults implements Sampler {

    private final int seed;
    private final Map<SamplingValue, Float> values;
    private final @Nullable List<SequenceStep> sequence;
    private final @Nullable Dry dry;

    private ModelDefaults(Builder builder) {
        seed = builder.seed;
        values = new EnumMap<>(builder.values);
        sequence = builder.sequence;
        dry = builder.dry;
    }

    /** {@return a builder with nothing set, and so the file's chain with a random seed} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts with these values} */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.seed = seed;
        builder.values.putAll(values);
        builder.sequence = sequence;
        builder.dry = dry;
        return builder;
    }

    /** {@return seed of the random generators, or {@link Sampler#RANDOM_SEED}} */
    public int seed() {
        return seed;
    }

    /** What is set; null for the file's. */
    @Nullable
    Float value(SamplingValue value) {
        return values.get(value);
    }

    /** What is set; null for the file's. */
    @Nullable
    List<SequenceStep> sequence() {
        return sequence;
    }

    /** What is set; null for none. */
    @Nullable
    Dry dry() {
        return dry;
    }

    @Override
    public boolean selects() {
        return true;
    }

    private NamedValues values() {
        return new NamedValues("ModelDefaults")
                .with("seed", seed)
                .with("values", values)
                .with("sequence", sequence)
                .with("dry", dry);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ModelDefaults that && values().equals(that.values());
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
     * Builds {@link ModelDefaults}. Setters throw {@link IllegalArgumentException} when a value is out of range.
     *
     * <p>Thread safety: none; use it in one thread.
     *
     * @since 0.1
     */
    public static final class Builder {

        private int seed = Sampler.RANDOM_SEED;
        private final Map<SamplingValue, Float> values = new EnumMap<>(SamplingValue.class);
        private @Nullable List<SequenceStep> sequence;
        private @Nullable Dry dry;

        private Builder() {}

        /** Seed of the random generators; default {@link Sampler#RANDOM_SEED}, which differs each time. */
        public Builder seed(int value) {
            seed = value;
            return this;
        }

        /**
         * Which samplers there are and in which order, instead of the file's {@code sequence}: {@code penalties}, {@code dry},
         * {@code top_n_sigma}, {@code top_k}, {@code typ_p}, {@code top_p}, {@code min_p}, {@code xtc}, {@code temperature},
         * {@code infill}, {@code adaptive_p}, which always selects at the end, or llama.cpp's letters for them. Each at most once.
         * {@code infill} looks at the 256 likeliest tokens at most.
         */
        public Builder sequence(List<String> names) {
            List<SequenceStep> steps = new ArrayList<>();
            for (String name : names) {
                SequenceStep step = name.length() == 1 ? SequenceStep.ofLetter(name) : SequenceStep.ofName(name);
                if (step == null) {
                    throw new IllegalArgumentException("'" + name
                            + "' is no sampler of a sequence; those are penalties, dry, top_n_sigma, top_k, typ_p,"
                            + " top_p, min_p, xtc, temperature, infill and adaptive_p");
                }
                if (steps.contains(step)) {
                    throw new IllegalArgumentException(
                            "'" + name + "' is in the sequence twice; name each sampler once");
                }
                steps.add(step);
            }
            sequence = List.copyOf(steps);
            return this;
        }

        /** 0 or more; with 0 the most likely of the candidates that are left is taken. */
        public Builder temperature(double value) {
            return atLeastZero(SamplingValue.TEMPERATURE, "temperature", value);
        }

        /** How far the temperature follows the entropy, up and down, 0 or more; 0 turns it off. */
        public Builder dynamicTemperatureRange(double value) {
            return atLeastZero(SamplingValue.DYNAMIC_TEMPERATURE_RANGE, "dynamicTemperatureRange", value);
        }

        /** How entropy becomes temperature, 0 or more. */
        public Builder dynamicTemperatureExponent(double value) {
            return atLeastZero(SamplingValue.DYNAMIC_TEMPERATURE_EXPONENT, "dynamicTemperatureExponent", value);
        }

        /** How many of the most likely tokens are kept; 0 for all. */
        public Builder topK(int value) {
            Checks.atLeast("topK", (long) value, 0);
            return set(SamplingValue.TOP_K, value);
        }

        /** As {@link Sampler#topP}; 1 turns it off. */
        public Builder topP(double value) {
            return fraction(SamplingValue.TOP_P, "topP", value);
        }

        /** As {@link Sampler#minP}; 0 turns it off. */
        public Builder minP(double value) {
            return fraction(SamplingValue.MIN_P, "minP", value);
        }

        /** As {@link Sampler#typicalP}; 1 turns it off. */
        public Builder typicalP(double value) {
            return fraction(SamplingValue.TYPICAL_P, "typicalP", value);
        }

        /** As {@link Sampler#topNSigma}; 0 turns it off. */
        public Builder topNSigma(double value) {
            return atLeastZero(SamplingValue.TOP_N_SIGMA, "topNSigma", value);
        }

        /** How many tokens top-p, min-p, typical-p and XTC leave at least. */
        public Builder minKeep(int value) {
            Checks.atLeast("minKeep", (long) value, 0);
            return set(SamplingValue.MIN_KEEP, value);
        }

        /** How often XTC removes the top choices, 0 to 1; 0 turns it off. */
        public Builder xtcProbability(double value) {
            return fraction(SamplingValue.XTC_PROBABILITY, "xtcProbability", value);
        }

        /** The probability from which on a token is a top choice of XTC, 0 to 1. */
        public Builder xtcThreshold(double value) {
            return fraction(SamplingValue.XTC_THRESHOLD, "xtcThreshold", value);
        }

        /** How many tokens the penalties look back; -1 for as many as the model was trained to read, 0 turns them off. */
        public Builder penaltyLastN(int value) {
            Checks.between("penaltyLastN", value, -1, (long) SamplingValue.PENALTY_LAST_N.most);
            return set(SamplingValue.PENALTY_LAST_N, value);
        }

        /** The penalty for tokens that were there before, above 0; 1 turns it off. */
        public Builder repeatPenalty(double value) {
            Checks.repeatPenalty("repeatPenalty", (float) value);
            return set(SamplingValue.REPEAT_PENALTY, value);
        }

        /** What each earlier occurrence of a token takes off its logit; 0 turns it off. */
        public Builder frequencyPenalty(double value) {
            Checks.finite("frequencyPenalty", (float) value);
            return set(SamplingValue.FREQUENCY_PENALTY, value);
        }

        /** What any earlier occurrence of a token takes off its logit; 0 turns it off. */
        public Builder presencePenalty(double value) {
            Checks.finite("presencePenalty", (float) value);
            return set(SamplingValue.PRESENCE_PENALTY, value);
        }

        /** Makes repeating an earlier passage less likely; with a multiplier of 0 it is off. */
        public Builder dry(Dry value) {
            dry = value;
            return this;
        }

        /** The version of Mirostat, 1 or 2; 0 for a chain without it. */
        public Builder mirostat(int version) {
            Checks.between("mirostat", version, 0, 2);
            return set(SamplingValue.MIROSTAT, version);
        }

        /** The surprise that Mirostat holds, in bits; above 0. */
        public Builder mirostatTau(double value) {
            Checks.above("mirostatTau", (float) value, 0);
            return set(SamplingValue.MIROSTAT_TAU, value);
        }

        /** How fast Mirostat learns; above 0. */
        public Builder mirostatEta(double value) {
            Checks.above("mirostatEta", (float) value, 0);
            return set(SamplingValue.MIROSTAT_ETA, value);
        }

        /** The probability that adaptive-p stays near, 0 to 1; below 0 it is off. Counts if the sequence names {@code adaptive_p}. */
        public Builder adaptiveTarget(double value) {
            Checks.between("adaptiveTarget", (float) value, -1, 1);
            return set(SamplingValue.ADAPTIVE_TARGET, value);
        }

        /** The memory of adaptive-p, 0 to 0.99. */
        public Builder adaptiveDecay(double value) {
            Checks.between("adaptiveDecay", (float) value, 0, 0.99f);
            return set(SamplingValue.ADAPTIVE_DECAY, value);
        }

        private Builder atLeastZero(SamplingValue key, String name, double value) {
            Checks.atLeast(name, (float) value, 0);
            return set(key, value);
        }

        private Builder fraction(SamplingValue key, String name, double value) {
            Checks.fraction(name, (float) value);
            return set(key, value);
        }

        private Builder set(SamplingValue key, double value) {
            values.put(key, (float) value);
            return this;
        }

        /** {@return the chain} */
        public ModelDefaults build() {
            return new ModelDefaults(this);
        }
    }
}
