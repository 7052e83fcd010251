package dev.tokapu.text;

import dev.tokapu.exception.ContextOverflowException;
import java.util.Optional;

/**
 * What to forget when a text has filled its context, so that it can go on: a strategy that names a range of tokens. The tokens behind the range
 * move up, with the values that they have; what follows is not what a fresh run without the range would give, as the tokens behind it
 * have seen it.
 *
 * <p>Strategies are called between tokens, on the thread that reads the text, and should be stateless.
 *
 * <p>Thread safety: implementations are called by the threads that read texts; stateless ones are safe.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ContextShift {

    /**
     * Chooses what to forget.
     *
     * @param situation how full the context is
     * @return the range, or nothing to let the text end with {@link FinishReason#CONTEXT_FULL}; a prompt that is too long is
     *     then a {@link ContextOverflowException}
     */
    Optional<Range> choose(Situation situation);

    /**
     * A range of tokens of a sequence.
     *
     * @param from the first token, 0 or more
     * @param to the first token behind it, more than {@code from}
     * @since 0.1
     */
    record Range(int from, int to) {

        /** Checks the values. */
        public Range {
            if (from < 0 || to <= from) {
                throw new IllegalArgumentException(
                        "from is " + from + " and to is " + to + "; a range has 0 <= from < to");
            }
        }

        /**
         * How many tokens it has.
         *
         * @return 1 or more
         */
        public int length() {
            return to - from;
        }
    }

    /**
     * How full a context is.
     *
     * @param length tokens of the sequence, or of a prompt that is too long for it
     * @param contextSize how many the context has room for
     * @param kept tokens at the beginning that should stay: the system prompt of a chat, BOS of other texts
     * @since 0.1
     */
    record Situation(int length, int contextSize, int kept) {}

    /**
     * Forgets nothing: the text ends.
     *
     * @return the strategy
     */
    static ContextShift none() {
        return NoShift.NONE;
    }

    /**
     * Forgets the older half of what need not stay, as llama.cpp's tools do with {@code --context-shift}.
     *
     * @return the strategy
     */
    static ContextShift dropOldest() {
        return dropOldest(0);
    }

    /**
     * Forgets the older half of what need not stay.
     *
     * @param keep how many tokens at the beginning stay at least
     * @return the strategy
     */
    static ContextShift dropOldest(int keep) {
        if (keep < 0) {
            throw new IllegalArgumentException("keep is " + keep + "; it must be 0 or more tokens");
        }
        return situation -> {
            int from = Math.max(keep, situation.kept());
            int half = (situation.length() - from) / 2;
            return half < 1 ? Optional.empty() : Optional.of(new Range(from, from + half));
        };
    }
}
