package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.engine.run.EngineConfig;
import dev.tokapu.internal.text.EncoderInput;

/** Refuses models and settings that an engine could not serve. */
final class ContextCheck {

    private ContextCheck() {}

    /** What needs no context to be seen. */
    static void check(Model model) {
        if (model.info().hasEncoder() && model.info().hasDecoder()) {
            throw new IllegalArgumentException(
                    model + " has an encoder and a decoder; an engine serves models with one of them, use a Context");
        }
    }

    /** The rest: that a model is an encoder alone, for example, its context says. */
    static void check(Context context, EngineConfig config) {
        Model model = context.model();
        boolean remembers = context.kvCache().isPresent();
        if (!remembers && !config.embeds()) {
            throw new IllegalArgumentException(
                    model
                            + " is an encoder, it cannot generate or score; for embeddings set embeddings(true) in EngineOptions.context");
        }
        if (config.embeds()) {
            EncoderInput.requirePooling(context);
        }
        if (config.sequenceContextSize() > context.info().sequenceContextSize()) {
            throw new IllegalArgumentException(
                    "sequenceContextSize is " + config.sequenceContextSize() + ", but " + model + " has positions for "
                            + context.info().sequenceContextSize() + " tokens; lower it, or leave it at 0");
        }
    }
}
