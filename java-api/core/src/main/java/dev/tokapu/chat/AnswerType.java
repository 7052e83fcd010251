package dev.tokapu.chat;

import dev.tokapu.sampling.Grammar;
import dev.tokapu.text.TextStream;

/**
 * What an answer has to be: the artifact {@code tokapu-structured} makes them of Java types.
 *
 * <p>Thread safety: immutable.
 *
 * @param <T> the type of the value
 * @param <S> the value while it grows
 * @since 0.1
 */
public interface AnswerType<T, S> {

    /**
     * A question with what the model has to know of the type.
     *
     * @param question what to ask
     * @return the question and an instruction
     */
    String prompt(String question);

    /**
     * What holds the answer to the type.
     *
     * @return the grammar
     */
    Grammar grammar();

    /**
     * Reads a generated text to its end.
     *
     * @param text made with {@link #grammar()}
     * @return the value
     */
    T read(TextStream text);

    /**
     * Reads a text while it is being generated.
     *
     * @param text made with {@link #grammar()}
     * @return partial values and, in the end, the value
     */
    S stream(TextStream text);
}
