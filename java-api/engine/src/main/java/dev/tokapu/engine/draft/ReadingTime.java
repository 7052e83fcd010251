package dev.tokapu.engine.draft;

/**
 * What the draft model takes to read a token of a text, as measured in batches that are large enough to say so.
 *
 * <p>Thread safety: confined.
 */
final class ReadingTime {

    /** Tokens that are read beside a step at least, and of the smallest batch that counts. */
    static final int LEAST = 32;

    private static final int FIRST = 1024; // tokens that may be read to begin with
    private static final double RISING = 0.2; // weight of a slower measurement
    private static final double FALLING = 0.5; // of a faster one
    private static final double SLOW = 1.5; // times what is known: counts only if those after it are slow, too
    private static final int SLOW_ONES = 3; // in a row, that count
    private static final double FADING = 0.99; // of what is feared, with each text that was not read
    private static final double LEAST_HOPED = 0.5; // of what was measured

    private double tokenNanos;
    private double hopedNanos;
    private int slowOnes;
    private int first = FIRST; // that are left

    /** So many tokens were read in a batch. */
    void measured(int tokens, double nanos) {
        if (tokens < LEAST) {
            return;
        }
        double value = nanos / tokens;
        if (tokenNanos == 0) {
            tokenNanos = value;
        } else if (value <= SLOW * tokenNanos || ++slowOnes >= SLOW_ONES) {
            tokenNanos += (value > tokenNanos ? RISING : FALLING) * (value - tokenNanos);
            slowOnes = 0;
        }
        hopedNanos = tokenNanos;
    }

    /** Whether so many tokens are read before it is known what drafts bring: some are, as nothing would be known without. */
    boolean isFirst(int tokens) {
        if (tokens > first) {
            return false;
        }
        first -= tokens;
        return true;
    }

    boolean isKnown() {
        return tokenNanos > 0;
    }

    /** Of a token; 0 when nothing is known. */
    double tokenNanos() {
        return tokenNanos;
    }

    /** What it may be by now: the longer nothing was read the less, down to half. */
    double hopedNanos() {
        return hopedNanos;
    }

    /** A text was not read because that would take too long. */
    void refused() {
        hopedNanos = Math.max(LEAST_HOPED * tokenNanos, FADING * hopedNanos);
    }
}
