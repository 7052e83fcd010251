package dev.tokapu;

import dev.tokapu.device.MemoryReport;
import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.source.ModelSource;
import java.util.List;
import java.util.Objects;

/**
 * Options with which a model and its context fit the free memory of the devices, and why they were chosen.
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

    public Fit {
        Objects.requireNonNull(modelOptions, "modelOptions");
        Objects.requireNonNull(contextOptions, "contextOptions");
        Objects.requireNonNull(estimate, "estimate");
        explanation = List.copyOf(explanation);
    }

    /**
     * Chooses context size and layers, all else by default.
     *
     * @param source where the model comes from
     * @return options to load with, and why
     * @throws ModelLoadException when the model is missing, unreadable, damaged or unknown to llama.cpp
     */
    public static Fit of(ModelSource source) {
        return of(source, ModelOptions.defaults(), ContextOptions.defaults());
    }

    /**
     * Chooses context size and layers with {@link FitOptions#defaults()}, see {@link #of(ModelSource, ModelOptions,
     * ContextOptions, FitOptions)}.
     *
     * @param source where the model comes from
     * @param model how to load the model
     * @param context the settings of the context; a size of 0 or {@link ContextOptions#AUTO_CONTEXT_SIZE} is chosen
     * @return options to load with, and why
     * @throws ModelLoadException when the model is missing, unreadable, damaged or unknown to llama.cpp
     * @throws DeviceMemoryException when the host cannot even plan a context of the size that was set
     */
    public static Fit of(ModelSource source, ModelOptions model, ContextOptions context) {
        return of(source, model, context, FitOptions.defaults());
    }

    /**
     * Chooses context size and layers. First the context gets smaller, unless its size was set; then the experts of a
     * mixture-of-experts model go to the host's memory; then layers do. A placement that was set by hand (layers, shares, rules)
     * stays as it is. What counts is the {@link #estimate}.
     *
     * @param source where the model comes from
     * @param model how to load the model
     * @param context the settings of the context; a size of 0 or {@link ContextOptions#AUTO_CONTEXT_SIZE} is chosen
     * @param options how much memory stays free, how small the context may get
     * @return options to load with, and why
     * @throws ModelLoadException when the model is missing, unreadable, damaged or unknown to llama.cpp, or llama.cpp cannot compute its MTP heads, which
     *     the options ask for
     * @throws DeviceMemoryException when the host cannot even plan a context of the size that was set
     */
    public static Fit of(ModelSource source, ModelOptions model, ContextOptions context, FitOptions options) {
        return Fitting.fit(source, model, context, options);
    }

    /**
     * The memory that a model and a context would take, found out without reading the weights. With {@link ModelOptions#mtpHeads()} that of the
     * file's MTP heads and of a second context, {@link Model#newMtpContext}, is part of it, if the file has any. That has the same settings, but whole sliding
     * windows ({@link KvCacheOptions#swaFull}), no recurrent snapshots and outputs of all tokens, as in an engine.
     *
     * @param source where the model comes from
     * @param model how to load the model
     * @param context the settings of the context
     * @return where every byte would be
     * @throws ModelLoadException when the model is missing, unreadable, damaged or unknown to llama.cpp, or llama.cpp cannot compute its MTP heads, which
     *     the options ask for
     * @throws ContextCreationException when llama.cpp cannot create such a context
     * @throws DeviceMemoryException when the host cannot even plan it
     */
    public static MemoryReport estimate(ModelSource source, ModelOptions model, ContextOptions context) {
        return Fitting.estimate(source, model, context);
    }
}
