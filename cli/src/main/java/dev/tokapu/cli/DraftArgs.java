package dev.tokapu.cli;

import dev.tokapu.ContextOptions;
import dev.tokapu.Fit;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Speculation;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.server.model.ModelPreset;
import dev.tokapu.source.ModelSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about what drafts tokens that the model verifies: a small model, or MTP heads in the model's own file. */
final class DraftArgs {

    @Option(
            names = "--draft-model",
            converter = SourceConverter.class,
            paramLabel = "PATH|NAME",
            description =
                    "A small model with the same tokens, which drafts what the model verifies: answers stay the same, and come sooner"
                            + " where drafts are mostly right.")
    private @Nullable ModelSource model;

    @Option(
            names = "--draft-mtp",
            description = "The MTP heads in the model's own file draft, in place of a second model.")
    private boolean heads;

    @Option(
            names = "--draft-max",
            paramLabel = "N",
            description = "Tokens that are drafted at a time at most, 1 to 64. Default: 8, and 4 with --draft-mtp.")
    private @Nullable Integer most;

    @Option(
            names = "--draft-p-min",
            paramLabel = "P",
            description = "A draft ends before a token that what drafts gives a lower probability. Default: 0.")
    private @Nullable Double probability;

    /** Refuses options that contradict each other, and values that cannot be. */
    void check() {
        if (model != null && heads) {
            throw new CliException(
                    ExitCode.USAGE, "--draft-model and --draft-mtp are two ways to draft; give one of them");
        }
        if (model == null && !heads && (most != null || probability != null)) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--draft-max and --draft-p-min are about drafts; give --draft-model or --draft-mtp, too");
        }
        speculation();
    }

    /** That which says what drafts; null where nothing does. */
    @Nullable
    String option() {
        return model != null ? "--draft-model" : heads ? "--draft-mtp" : null;
    }

    boolean hasModel() {
        return model != null;
    }

    /** Downloads the draft model if it is one of a hub and not on this machine. */
    void fetch(Console console, ModelArgs models) {
        model = model == null ? null : models.fetch(console, model);
    }

    /** How the model is loaded, which has to be on this machine: with its heads if they draft. */
    ModelOptions withHeads(ModelOptions options, ModelSource target) {
        return heads ? loadHeads(options, target) : options;
    }

    /** With the MTP heads of the model. */
    static ModelOptions loadHeads(ModelOptions options, ModelSource target) {
        if (GgufFile.open(target).nextTokenLayerCount() == 0) {
            throw new CliException(ExitCode.MODEL, "--draft-mtp: " + target + " has no MTP heads; leave it out");
        }
        return options.toBuilder().mtpHeads(true).build();
    }

    /** Refuses heads that llama.cpp cannot compute, before the weights are read. A fit does so by itself. */
    void requireHeads(ModelOptions options, ModelSource target) {
        if (heads) {
            ContextOptions small = ContextOptions.builder().contextSize(1).build();
            Fit.estimate(target, options, small);
        }
    }

    /** The model with what drafts for it. */
    ModelPreset draftFor(ModelPreset preset) {
        if (option() == null) {
            return preset;
        }
        Speculation speculation = speculation();
        return model == null ? preset.withMtpHeads(speculation) : preset.withDraft(model, speculation);
    }

    /** How heads, or a draft model, draft. */
    static Speculation speculation(boolean heads, @Nullable Integer most, @Nullable Double probability) {
        double least = probability == null ? 0 : probability;
        return heads
                ? new Speculation.Mtp(most == null ? Speculation.mtp().maxDraft() : most, least, true)
                : new Speculation.DraftModel(most == null ? Speculation.draft().maxDraft() : most, least, true);
    }

    private Speculation speculation() {
        try {
            return speculation(heads, most, probability);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, "--draft-max or --draft-p-min: " + e.getMessage());
        }
    }

    /** An engine for one answer at a time, which needs the draft model open only to start; null where nothing drafts. */
    @Nullable
    Engine start(
            Console console,
            ModelArgs models,
            FitArgs.Chosen chosen,
            int sequenceSize,
            Model target,
            Interrupt interrupt) {
        if (option() == null) {
            return null;
        }
        int size = chosen.context().contextSize();
        EngineOptions.Builder options = EngineOptions.builder()
                .context(chosen.context())
                .maxSequences(1)
                .sequenceContextSize(size > 0 ? size : sequenceSize)
                .speculation(speculation());
        ModelSource small = model;
        if (small == null) {
            return Engine.start(target, options.build());
        }
        try (Model draft = models.load(console, small, chosen.model().toBuilder(), interrupt)) {
            return Engine.start(target, options.draftModel(draft).build());
        }
    }
}
