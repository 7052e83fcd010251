package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.Model;

/**
 * Says whether answers of an engine can be drafted: what was drafted wrong must leave the memory of the model again, as if it had never
 * been there.
 *
 * <p>Thread safety: immutable.
 */
final class SpeculationSupport {

    private final Model model;
    private final boolean losesWindow;
    private final int mostOutputs;
    private final int sequences;

    SpeculationSupport(Context context, int sequences) {
        this.model = context.model();
        this.losesWindow =
                model.info().slidingWindow() > 0 && !context.options().kvCache().swaFull();
        this.mostOutputs = context.options().outputsMax();
        this.sequences = sequences;
    }

    /**
     * Checks a request.
     *
     * @throws IllegalArgumentException when its drafts could not be taken back
     */
    void check(Speculation speculation) {
        int draft = speculation.maxDraft();
        if (draft == 0) {
            return;
        }
        if (losesWindow) {
            throw new IllegalArgumentException(speculation + " cannot be used with " + model
                    + ": behind wrong drafts its sliding window would lack tokens; set ContextOptions.kvCache(kv -> kv.swaFull(true)) in"
                    + " EngineOptions.context, or use Speculation.none()");
        }
        if (model.info().isRecurrent() || model.info().isHybrid()) {
            throw new IllegalArgumentException(speculation + " cannot be used with " + model
                    + ": its recurrent state cannot be taken back reliably; use Speculation.none()");
        }
        if (mostOutputs > 0 && mostOutputs < sequences * (1 + draft)) {
            throw new IllegalArgumentException(
                    speculation + " may want " + sequences * (1 + draft) + " outputs of a step, but"
                            + " ContextOptions.outputsMax is " + mostOutputs + "; set it to 0 for as many as it takes");
        }
    }
}
