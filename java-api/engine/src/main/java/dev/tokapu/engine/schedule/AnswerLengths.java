package dev.tokapu.engine.schedule;

/** Estimates the length of answers from the mean of earlier ones: most are shorter than their limit. */
final class AnswerLengths {

    private static final double WEIGHT = 0.05; // of a new answer
    private static final int ENOUGH = 8; // answers, to say anything
    private static final int LEAST = 16; // tokens that an answer is expected to go on, whatever it has

    private static final double RESERVED =
            0.5; // of that: answers end one after another, and others grow into what they leave

    private int seen;
    private double mean;

    void ended(ScheduledSequence<?> sequence) {
        if (sequence.generated > 0) {
            double weight = Math.max(WEIGHT, 1.0 / ++seen);
            mean += weight * (sequence.generated - mean);
        }
    }

    /** Tokens to reserve for what a request is expected to generate from now on; at most what it may. */
    int expected(ScheduledRequest<?> request) {
        int generated = request.sequence(0).generated;
        int most = request.generatable - generated;
        if (seen < ENOUGH) {
            return most;
        }
        double left = Math.max(mean - generated, Math.max(LEAST, generated));
        return (int) Math.min(most, Math.ceil(RESERVED * left));
    }
}
