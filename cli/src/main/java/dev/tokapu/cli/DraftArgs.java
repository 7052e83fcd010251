package dev.tokapu.cli;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Speculation;
import dev.tokapu.source.ModelSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about a small model that drafts what the model verifies. */
final class DraftArgs {

    private static final int DEFAULT_MOST = Speculation.draft().maxDraft();

    @Option(
            names = "--draft-model",
            converter = SourceConverter.class,
            paramLabel = "PATH|NAME",
            description =
                    "A small model with the same tokens, which drafts what the model verifies: answers stay the same, and come sooner"
                            + " where drafts are mostly right.")
    private @Nullable ModelSource model;

    @Option(
            names = "--draft-max",
            paramLabel = "N",
            description = "Tokens that are drafted at a time at most, 1 to 64. Default: 8.")
    private @Nullable Integer most;

    @Option(
            names = "--draft-p-min",
            paramLabel = "P",
            description = "A draft ends before a token that the draft model gives a lower probability. Default: 0.")
    private @Nullable Double probability;

    /** Where the draft model is; null for none. */
    @Nullable
    ModelSource source() {
        if (model == null && (most != null || probability != null)) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--draft-max and --draft-p-min are about a draft model; give one with --draft-model");
        }
        return model;
    }

    /** Downloads it if it is one of a hub and not on this machine. */
    void fetch(Console console, ModelArgs models) {
        model = model == null ? null : models.fetch(console, model);
    }

    /** How answers are drafted if there is a draft model. */
    Speculation speculation() {
        return speculation(most, probability);
    }

    static Speculation speculation(@Nullable Integer most, @Nullable Double probability) {
        try {
            return new Speculation.DraftModel(
                    most == null ? DEFAULT_MOST : most, probability == null ? 0 : probability, true);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, "--draft-max or --draft-p-min: " + e.getMessage());
        }
    }

    /** An engine for one answer at a time; it needs the draft model open only to start. */
    Engine engine(Model target, Model draft, ContextOptions context, int sequenceSize) {
        return Engine.start(
                target,
                EngineOptions.builder()
                        .context(context)
                        .maxSequences(1)
                        .sequenceContextSize(context.contextSize() > 0 ? context.contextSize() : sequenceSize)
                        .draftModel(draft)
                        .speculation(speculation())
                        .build());
    }
}
