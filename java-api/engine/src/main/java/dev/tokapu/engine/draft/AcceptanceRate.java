package dev.tokapu.engine.draft;

import org.jspecify.annotations.Nullable;

/**
 * How often a drafted token is right if those before it are: the latest tokens count most. As long as little is known of an answer, it is taken to be
 * like the others.
 *
 * <p>Thread safety: confined.
 */
final class AcceptanceRate {

    private static final double OTHERS = 16; // how many tokens what others know counts as
    private static final double HOPED = 2; // tokens that are hoped for
    private static final double HOPED_RIGHT = 1.5; // of these

    private final double kept; // of what was seen before, with each draft
    private final @Nullable AcceptanceRate others;
    private double tried;
    private double right;

    /**
     * Creates one that has seen nothing.
     *
     * @param kept of what was seen before, with each draft
     * @param others that of all answers, which learns what this one does; null for that one itself
     */
    AcceptanceRate(double kept, @Nullable AcceptanceRate others) {
        this.kept = kept;
        this.others = others;
    }

    /** Of a draft so many tokens were right; those behind the first wrong one say nothing. */
    void verified(int drafted, int accepted) {
        tried = kept * tried + Math.min(drafted, accepted + 1);
        right = kept * right + accepted;
        if (others != null) {
            others.verified(drafted, accepted);
        }
    }

    /** What was seen counts less, as the text goes on. */
    void fade(double part) {
        tried *= part;
        right *= part;
    }

    /** How many tokens what is known of others counts as. */
    private double others() {
        return others == null ? 0 : Math.min(OTHERS, others.tried);
    }

    /** From 0 to 1, by what was seen here and with others; 0 as long as nothing is known. */
    double rate() {
        double weight = others();
        double known = tried + weight;
        double rightOthers = others == null || weight == 0 ? 0 : weight * others.right / others.tried;
        return known == 0 ? 0 : (right + rightOthers) / known;
    }

    /** What it may be: the less is known the more. */
    double hoped() {
        double known = tried + others();
        return (known * rate() + HOPED_RIGHT) / (known + HOPED);
    }
}
