package dev.tokapu;

import dev.tokapu.internal.util.Checks;
import dev.tokapu.source.ModelSource;

/**
 * Settings of {@link ModelOptions#fit(ModelSource, ContextOptions, FitOptions)}.
 *
 * <p>Thread safety: immutable.
 *
 * @param margin bytes that stay free on each device, and on the host where the model runs on the CPU
 * @param minContextSize tokens for one sequence that the context keeps at least, when its size is left to fitting
 * @since 0.1
 */
public record FitOptions(long margin, int minContextSize) {

    private static final FitOptions DEFAULTS = new FitOptions(1L << 30, 4096);

    /** Validates. */
    public FitOptions {
        if (margin < 0) {
            throw new IllegalArgumentException("margin is " + margin + "; it must be 0 or more bytes");
        }
        Checks.atLeast("minContextSize", minContextSize, 1);
    }

    /**
     * The defaults, as those of llama.cpp's {@code --fit}.
     *
     * @return 1 GiB stays free, of a host or container with less than 8 GiB an eighth; the context keeps 4096 tokens
     */
    public static FitOptions defaults() {
        return DEFAULTS;
    }
}
