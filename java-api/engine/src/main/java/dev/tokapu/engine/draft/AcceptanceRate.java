package dev.tokapu.engine.draft;

/**
 * How often a drafted token is right if those before it are: the latest tokens count most.
 *
 * <p>Thread safety: confined.
 */
final class AcceptanceRate {

    private static final double OTHERS = 16; // tokens, that what others know counts as
    private static final double HOPED = 2; // tokens that are hoped for
    private static final double HOPED_RIGHT = 1.5; // of these

    private final double kept; // of what was seen before, with each draft
    private double tried;
    private double right;

    AcceptanceRate(double kept) {
        this.kept = kept;
    }

    /** Of a draft so many tokens were right; those behind the first wrong one say nothing. */
    void verified(int drafted, int accepted) {
        tried = kept * tried + Math.min(drafted, accepted + 1);
        right = kept * right + accepted;
    }

    /** What was seen counts less, as the text goes on. */
    void fade(double part) {
        tried *= part;
        right *= part;
    }

    private double others(AcceptanceRate others) {
        return Math.min(OTHERS, others.tried);
    }

    /** From 0 to 1, by what was seen here and with others; 0 as long as nothing is known. */
    double rate(AcceptanceRate others) {
        double weight = others(others);
        double known = tried + weight;
        return known == 0 ? 0 : (right + (weight == 0 ? 0 : weight * others.right / others.tried)) / known;
    }

    /** What it may be: the less is known the more. */
    double hoped(AcceptanceRate others) {
        double known = tried + others(others);
        return (known * rate(others) + HOPED_RIGHT) / (known + HOPED);
    }
}
