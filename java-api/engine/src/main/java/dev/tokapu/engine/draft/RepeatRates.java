package dev.tokapu.engine.draft;

import org.jspecify.annotations.Nullable;

/**
 * How often a text goes on as it did where its last tokens stood before, by how many tokens in a row it has done so: the more there are, the surer is
 * the next one.
 *
 * <p>Thread safety: confined.
 */
final class RepeatRates {

    private static final int CLASSES = 5; // of 0, 1, 2 to 3, 4 to 7, and more tokens

    private final AcceptanceRate[] rates = new AcceptanceRate[CLASSES];

    /**
     * Creates them.
     *
     * @param kept of what was seen before, with each token
     * @param others those of all answers; null for these themselves, which begin with one right token of two
     */
    RepeatRates(double kept, @Nullable RepeatRates others) {
        for (int i = 0; i < CLASSES; i++) {
            rates[i] = new AcceptanceRate(kept, others == null ? null : others.rates[i]);
            if (others == null) {
                rates[i].verified(2, 1);
            }
        }
    }

    private AcceptanceRate of(int run) {
        return rates[Math.min(CLASSES - 1, Integer.SIZE - Integer.numberOfLeadingZeros(run))];
    }

    /** After so many right tokens one was right, or wrong. */
    void seen(int run, boolean right) {
        of(run).verified(1, right ? 1 : 0);
    }

    /** The probability that a token is right after so many right ones. */
    double rate(int run) {
        return of(run).rate();
    }
}
