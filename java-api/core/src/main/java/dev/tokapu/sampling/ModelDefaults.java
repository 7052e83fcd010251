package dev.tokapu.sampling;

import dev.tokapu.internal.util.Checks;
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
 * <p>A value of this record takes the place of the file's. Where the file's {@code sequence} does not name its sampler, or asks for
 * Mirostat, the sampler is there all the same, at its usual place; 1 for topP and repeatPenalty and 0 for topK and minP turn it off.
 *
 * <p>Thread safety: immutable.
 *
 * @param seed seed of the random generator; {@link Sampler#RANDOM_SEED} for one that differs each time
 * @param temperature in place of the file's, 0 or more; 0 always takes the most likely token; null for the file's
 * @param topK in place of the file's, 0 or more tokens; null for the file's
 * @param topP in place of the file's, 0 to 1; null for the file's
 * @param minP in place of the file's, 0 to 1; null for the file's
 * @param repeatPenalty in place of the file's, above 0; null for the file's
 * @since 0.1
 */
public record ModelDefaults(
        int seed,
        @Nullable Float temperature,
        @Nullable Integer topK,
        @Nullable Float topP,
        @Nullable Float minP,
        @Nullable Float repeatPenalty)
        implements Sampler {

    public ModelDefaults {
        if (temperature != null) {
            Checks.atLeast("temperature", temperature, 0);
        }
        if (topK != null) {
            Checks.atLeast("topK", topK, 0);
        }
        if (topP != null) {
            Checks.fraction("topP", topP);
        }
        if (minP != null) {
            Checks.fraction("minP", minP);
        }
        if (repeatPenalty != null) {
            Checks.repeatPenalty("repeatPenalty", repeatPenalty);
        }
    }

    /**
     * The file's chain with a seed and, perhaps, another temperature.
     *
     * @param seed as above
     * @param temperature as above
     */
    public ModelDefaults(int seed, @Nullable Float temperature) {
        this(seed, temperature, null, null, null, null);
    }

    /**
     * The same with another seed.
     *
     * @param value the seed
     * @return the sampler
     */
    public ModelDefaults withSeed(int value) {
        return new ModelDefaults(value, temperature, topK, topP, minP, repeatPenalty);
    }

    @Override
    public boolean selects() {
        return true;
    }
}
