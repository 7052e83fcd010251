package dev.tokapu.internal;

import dev.tokapu.StoppingCriterion;
import java.time.Duration;
import java.util.List;

/**
 * Asks the stopping criteria of a stream.
 *
 * <p>Thread safety: confined.
 */
final class CriteriaCheck implements StoppingCriterion.TextSoFar {

    private final List<StoppingCriterion> criteria;
    private final IntList tokens;
    private final StringBuilder text = new StringBuilder();
    private long begin;

    CriteriaCheck(List<StoppingCriterion> criteria, IntList tokens) {
        this.criteria = criteria;
        this.tokens = tokens;
    }

    void begin(long nanoTime) {
        begin = nanoTime;
    }

    /** More text was decoded; it is kept only if somebody asks for it. */
    void append(CharSequence decoded) {
        if (!criteria.isEmpty()) {
            text.append(decoded);
        }
    }

    boolean anyMet() {
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
