package dev.tokapu;

import dev.tokapu.device.MemoryReport;
import java.util.List;
import java.util.Objects;

/**
 * What {@link ModelOptions#fit} chose.
 *
 * <p>Thread safety: immutable.
 *
 * @param modelOptions how to load the model
 * @param contextOptions how to create its context; the size is a number of tokens
 * @param estimate the memory that both will take
 * @param fits whether that fits the free memory
 * @param explanation what was found and chosen, one sentence each
 * @since 0.1
 */
public record Fit(
        ModelOptions modelOptions,
        ContextOptions contextOptions,
        MemoryReport estimate,
        boolean fits,
        List<String> explanation) {

    /** Validates. */
    public Fit {
        Objects.requireNonNull(modelOptions, "modelOptions");
        Objects.requireNonNull(contextOptions, "contextOptions");
        Objects.requireNonNull(estimate, "estimate");
        explanation = List.copyOf(explanation);
    }
}
