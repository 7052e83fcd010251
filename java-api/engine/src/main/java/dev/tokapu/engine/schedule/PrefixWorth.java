package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;

/** What it costs to compute a sequence again, and how likely that is to be wanted. */
final class PrefixWorth {

    private static final double USUAL_ATTENTION = 8192;

    private double attention = USUAL_ATTENTION;

    /** Tokens of context at which a token costs twice as much as without any; a rough figure for all models unless it is set. */
    void attention(double tokens) {
        attention = tokens;
    }

    /** Of each token of a sequence, on average: its uses, and a cost that grows with its position. */
    double ofToken(CachedSequence sequence) {
        return (1 + Math.log1p(sequence.weight())) * (1 + sequence.length() / (2 * attention));
    }
}
