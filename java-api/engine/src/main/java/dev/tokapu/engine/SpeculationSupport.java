package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.engine.draft.AnswerDrafts;
import dev.tokapu.engine.draft.DraftPlanner;
import dev.tokapu.engine.draft.ModelDrafts;
import dev.tokapu.engine.draft.NGramDrafts;
import org.jspecify.annotations.Nullable;

/**
 * Says how answers of an engine are drafted, and whether they can be.
 *
 * <p>Thread safety: immutable.
 */
final class SpeculationSupport {

    private final Model model;
    private final Speculation usual;
    private final DraftPlanner planner;
    private final boolean snapshots;
    private final int mostOutputs;
    private final int sequences;

    /**
     * Creates it.
     *
     * @throws IllegalArgumentException when the engine's own speculation cannot be used
     */
    SpeculationSupport(Context context, EngineOptions options, DraftPlanner planner) {
        this.model = context.model();
        this.usual = options.speculation();
        this.planner = planner;
        this.snapshots = context.options().recurrentSnapshots() > 0;
        this.mostOutputs = context.options().outputsMax();
        this.sequences = options.maxSequences();
        check(usual);
    }

    /** How a request is drafted. */
    Speculation of(Request request) {
        Speculation own = request.speculation();
        return own == null ? usual : own;
    }

    /** The drafts of an answer of so many tokens at most; null for none. */
    @Nullable
    AnswerDrafts drafts(Request request, int[] prompt, int most) {
        if (most == 0) {
            return null;
        }
        Speculation speculation = of(request);
        if (speculation instanceof Speculation.NGram ngram) {
            return new NGramDrafts(planner, ngram.size(), ngram.maxDraft(), ngram.adaptive(), prompt, most);
        }
        if (speculation instanceof Speculation.DraftModel draft && planner.hasModel()) {
            return new ModelDrafts(planner, draft.maxDraft(), draft.minProbability(), draft.adaptive(), prompt, most);
        }
        if (speculation instanceof Speculation.Mtp mtp && planner.hasHeads()) {
            return new ModelDrafts(planner, mtp.maxDraft(), mtp.minProbability(), mtp.adaptive(), prompt, most);
        }
        return null;
    }

    /**
     * Checks a request.
     *
     * @throws IllegalArgumentException when its drafts could not be taken back, there are too few outputs, or there is no draft model, or no heads
     */
    void check(@Nullable Speculation own) {
        Speculation speculation = own == null ? usual : own;
        int draft = speculation.maxDraft();
        if (draft == 0) {
            return;
        }
        if (speculation instanceof Speculation.DraftModel && !planner.hasModel()) {
            throw new IllegalArgumentException(
                    speculation
                            + " needs a draft model, and this engine has none; set EngineOptions.draftModel, or use Speculation.ngram()");
        }
        if (speculation instanceof Speculation.Mtp && !planner.hasHeads()) {
            throw new IllegalArgumentException(speculation
                    + " needs MTP heads, and this engine has none ready; set EngineOptions.speculation to Speculation.mtp(), or use"
                    + " Speculation.ngram()");
        }
        if (snapshots && (model.info().isRecurrent() || model.info().isHybrid())) {
            throw new IllegalArgumentException(
                    speculation + " cannot be used with " + model
                            + " and ContextOptions.recurrentSnapshots: wrong drafts cannot be taken back reliably; set them to 0, which drafts do without");
        }
        if (mostOutputs > 0 && mostOutputs < sequences * (1 + draft)) {
            throw new IllegalArgumentException(
                    speculation + " may want " + sequences * (1 + draft) + " outputs of a step, but"
                            + " ContextOptions.outputsMax is " + mostOutputs + "; set it to 0 for as many as it takes");
        }
    }
}
