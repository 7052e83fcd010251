package dev.tokapu.server.generate;

import dev.tokapu.completion.FillInMiddle;
import dev.tokapu.engine.Engine;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * A text with a gap as a prompt.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class Gap {

    private Gap() {}

    /**
     * The tokens to continue. What there is no room for is cut off far from the gap.
     *
     * @param gap the text with the gap
     * @param engine the engine of the model that fills it
     * @param maxTokens how long the answer may be; null for as long as there is room
     * @param parameter what asks for it
     * @return the prompt
     * @throws ProblemException when the model was not trained for this
     */
    public static int[] prompt(FillInMiddle gap, Engine engine, @Nullable Integer maxTokens, String parameter) {
        int size = engine.sequenceContextSize();
        int most = maxTokens == null ? size : Math.min(maxTokens, size);
        try {
            return gap.prompt(engine.model().vocab(), Math.max(size / 4, size - most));
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            throw new ProblemException(
                    Problem.parameter(parameter, parameter + " cannot be used: " + e.getMessage()), e);
        }
    }
}
