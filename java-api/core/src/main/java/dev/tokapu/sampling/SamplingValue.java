package dev.tokapu.sampling;

import org.jspecify.annotations.Nullable;

/**
 * A number of a chain that {@link ModelDefaults} may set: the sampler that it turns on, the key of a model's metadata that sets it, too,
 * llama.cpp's default, and what a file may say, which may turn the sampler off.
 */
enum SamplingValue {
    PENALTY_LAST_N(null, "penalty_last_n", 64, -1, 1 << 24),
    REPEAT_PENALTY(SequenceStep.PENALTIES, "penalty_repeat", 1, 1e-6f, Float.MAX_VALUE),
    FREQUENCY_PENALTY(SequenceStep.PENALTIES, 0),
    PRESENCE_PENALTY(SequenceStep.PENALTIES, 0),
    TOP_N_SIGMA(SequenceStep.TOP_N_SIGMA, 0),
    TOP_K(SequenceStep.TOP_K, "top_k", 40, -Float.MAX_VALUE, Float.MAX_VALUE),
    TYPICAL_P(SequenceStep.TYPICAL_P, 1),
    TOP_P(SequenceStep.TOP_P, "top_p", 0.95f, 0, Float.POSITIVE_INFINITY),
    MIN_P(SequenceStep.MIN_P, "min_p", 0.05f, -Float.MAX_VALUE, 1),
    MIN_KEEP(null, 0),
    XTC_PROBABILITY(SequenceStep.XTC, "xtc_probability", 0, -Float.MAX_VALUE, 1),
    XTC_THRESHOLD(null, "xtc_threshold", 0.1f, 0, 1),
    TEMPERATURE(SequenceStep.TEMPERATURE, "temp", 0.8f, -Float.MAX_VALUE, Float.MAX_VALUE),
    DYNAMIC_TEMPERATURE_RANGE(SequenceStep.TEMPERATURE, 0),
    DYNAMIC_TEMPERATURE_EXPONENT(null, 1),
    ADAPTIVE_TARGET(null, -1),
    ADAPTIVE_DECAY(null, 0.9f),
    MIROSTAT(null, "mirostat", 0, -Float.MAX_VALUE, Float.MAX_VALUE),
    MIROSTAT_TAU(null, "mirostat_tau", 5, Float.MIN_VALUE, Float.MAX_VALUE),
    MIROSTAT_ETA(null, "mirostat_eta", 0.1f, Float.MIN_VALUE, Float.MAX_VALUE);

    /** Null where a value alone turns nothing on. */
    final @Nullable SequenceStep step;

    /** Behind {@code general.sampling.}; null for none. */
    final @Nullable String key;

    final float byDefault;
    final float least;
    final float most;

    SamplingValue(@Nullable SequenceStep step, @Nullable String key, float byDefault, float least, float most) {
        this.step = step;
        this.key = key;
        this.byDefault = byDefault;
        this.least = least;
        this.most = most;
    }

    SamplingValue(@Nullable SequenceStep step, float byDefault) {
        this(step, null, byDefault, byDefault, byDefault);
    }
}
