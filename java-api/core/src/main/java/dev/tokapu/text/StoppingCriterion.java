package dev.tokapu.text;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides after each generated token whether a text ends there. What was generated stays, the token that met the criterion
 * included. (A text that shall end before a stop string has {@code stops} in its options.)
 *
 * <p>An exception ends the text and reaches its reader, checked ones included. On an engine a criterion is asked by a thread of the engine's, while
 * further tokens are computed.
 *
 * <p>Thread safety: as implemented; one without state may be shared.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface StoppingCriterion {

    /**
     * Whether the text ends here.
     *
     * @param soFar the text as far as it has come; usable during this call only
     * @return true to end it
     */
    boolean isMet(TextSoFar soFar);

    /**
     * How long a text may take in all, for a criterion that limits that. The text ends then also while its prompt is prefilled.
     *
     * @return time since the text was begun; empty without a limit
     */
    default Optional<Duration> timeLimit() {
        return Optional.empty();
    }

    /**
     * A text while it is being generated, at least one token long.
     *
     * @since 0.1
     */
    interface TextSoFar {

        /**
         * How many tokens were generated.
         *
         * @return tokens, 1 or more
         */
        int size();

        /**
         * One of the generated tokens.
         *
         * @param index 0 to {@link #size()} - 1
         * @return its id
         */
        int token(int index);

        /**
         * The text of the tokens, what may still be the beginning of a stop string included; whole characters only.
         *
         * @return a view
         */
        CharSequence text();

        /**
         * The time since the text was begun, with its prompt.
         *
         * @return the time
         */
        Duration elapsed();
    }

    /**
     * Ends a text at certain tokens.
     *
     * @param tokens their ids
     * @return the criterion
     */
    static StoppingCriterion tokens(int... tokens) {
        int[] ends = tokens.clone();
        Arrays.sort(ends);
        return soFar -> Arrays.binarySearch(ends, soFar.token(soFar.size() - 1)) >= 0;
    }

    /**
     * Ends a text when a text has appeared in it; unlike a stop string it stays.
     *
     * @param text at least one character
     * @return the criterion
     */
    static StoppingCriterion text(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the text to stop at is empty; it would match everywhere");
        }
        return soFar -> soFar.text().toString().contains(text);
    }

    /**
     * Ends a text when a pattern is found in it.
     *
     * @param pattern looked for in the whole text after each token
     * @return the criterion
     */
    static StoppingCriterion matches(Pattern pattern) {
        return soFar -> pattern.matcher(soFar.text()).find();
    }

    /**
     * Ends a text when time is up, also while its prompt is prefilled: on a CPU at once, on a GPU between two chunks of the prompt. A token that is
     * being computed is finished first. It has {@link FinishReason#STOP_CRITERION} then and what there was of the text, perhaps none.
     *
     * @param limit time since the text was begun
     * @return the criterion
     */
    static StoppingCriterion maxTime(Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("the time limit is " + limit + "; it must be 0 or more");
        }
        return new StoppingCriterion() {
            @Override
            public boolean isMet(TextSoFar soFar) {
                return soFar.elapsed().compareTo(limit) >= 0;
            }

            @Override
            public Optional<Duration> timeLimit() {
                return Optional.of(limit);
            }
        };
    }
}
