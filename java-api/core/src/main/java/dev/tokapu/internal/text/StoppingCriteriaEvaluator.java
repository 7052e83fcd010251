package dev.tokapu.internal.text;

import dev.tokapu.internal.util.Durations;
import dev.tokapu.internal.util.IntList;
import dev.tokapu.text.StoppingCriterion;
import java.time.Duration;
import java.util.List;

/**
 * Asks the stopping criteria of a stream.
 *
 * <p>Thread safety: confined.
 */
public final class StoppingCriteriaEvaluator implements StoppingCriterion.TextSoFar {

    private final List<StoppingCriterion> criteria;
    private final IntList tokens;
    private final StringBuilder text = new StringBuilder();
    private long begin;

    /**
     * Creates it.
     *
     * @param criteria whom to ask, in order
     * @param tokens the tokens so far, which others add to
     */
    public StoppingCriteriaEvaluator(List<StoppingCriterion> criteria, IntList tokens) {
        this.criteria = criteria;
        this.tokens = tokens;
    }

    /**
     * When the first of their time limits is over.
     *
     * @param criteria the criteria
     * @param begin {@link System#nanoTime()} of the beginning
     * @return {@link System#nanoTime()} of then; {@link Long#MAX_VALUE} without a limit
     */
    public static long deadline(List<StoppingCriterion> criteria, long begin) {
        long deadline = Long.MAX_VALUE;
        for (StoppingCriterion criterion : criteria) {
            deadline = Math.min(
                    deadline, Durations.after(begin, criterion.timeLimit().orElse(null)));
        }
        return deadline;
    }

    /**
     * Tells when the generation began.
     *
     * @param nanoTime {@link System#nanoTime()} of then
     */
    public void begin(long nanoTime) {
        begin = nanoTime;
    }

    /**
     * More text was decoded; it is kept only if somebody asks for it.
     *
     * @param decoded the text
     */
    public void append(CharSequence decoded) {
        if (!criteria.isEmpty()) {
            text.append(decoded);
        }
    }

    /**
     * Asks them.
     *
     * @return whether one of them ends the text
     */
    public boolean anyMet() {
        for (StoppingCriterion criterion : criteria) {
            if (criterion.isMet(this)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int size() {
        return tokens.size();
    }

    @Override
    public int token(int index) {
        return tokens.get(index);
    }

    @Override
    public CharSequence text() {
        return text;
    }

    @Override
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
