package dev.tokapu.engine.draft;

/**
 * How often a drafted token is right if those before it are: the latest tokens count most.
 *
 * <p>Thread safety: confined.
 */
final class AcceptanceRate {

    private final double kept; // of what was seen before, with each draft
    private double tried;
    private double right;

    AcceptanceRate(double kept) {
        this.kept = kept;
    }

    /** Begins as if so many tokens had been tried at a rate. */
    void begin(double rate, double tokens) {
        tried = tokens;
        right = rate * tokens;
    }

    /** Of a draft so many tokens were right; those behind the first wrong one say nothing. */
    void verified(int drafted, int accepted) {
        tried = kept * tried + Math.min(drafted, accepted + 1);
        right = kept * right + accepted;
    }

    /** How many tokens it is known from. */
    double tried() {
        return tried;
    }

    /** From 0 to 1; 0 as long as nothing is known. */
    double rate() {
        return tried == 0 ? 0 : right / tried;
    }
}
