package dev.tokapu.server.model;

import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.text.GenerationOptions;
import java.util.Objects;

/**
 * What goes for answers of a model where a request does not say otherwise.
 *
 * <p>Thread safety: immutable.
 *
 * @param generation how tokens are chosen and what ends the answer
 * @param reasoning how the model thinks before it answers
 * @since 0.1
 */
public record AnswerDefaults(GenerationOptions generation, ReasoningOptions reasoning) {

    /** What the model and llama.cpp say. */
    public static final AnswerDefaults NONE =
            new AnswerDefaults(GenerationOptions.defaults(), ReasoningOptions.defaults());

    /** Checks the values. */
    public AnswerDefaults {
        Objects.requireNonNull(generation, "generation");
        Objects.requireNonNull(reasoning, "reasoning");
    }
}
