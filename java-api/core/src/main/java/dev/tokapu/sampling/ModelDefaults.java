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
 * <p>Thread safety: immutable.
 *
 * @param seed seed of the random generator; {@link Sampler#RANDOM_SEED} for one that differs each time
 * @param temperature in place of the file's, 0 or more; 0 always takes the most likely token; null for the file's
 * @since 0.1
 */
public record ModelDefaults(int seed, @Nullable Float temperature) implements Sampler {
    public ModelDefaults {
        if (temperature != null) {
            Checks.atLeast("temperature", temperature, 0);
        }
    }

    @Override
    public boolean selects() {
        return true;
    }
}
