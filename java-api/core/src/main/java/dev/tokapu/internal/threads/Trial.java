package dev.tokapu.internal.threads;

/**
 * A comparison of two numbers of threads: some steps with the candidate, some with the present number, in turn, so that what
 * changes meanwhile meets both. Times are multiples of what was expected.
 *
 * <p>It ends as soon as it is clear, after some steps when the candidate is much slower or takes half the time. The candidate has to be faster by more than the
 * noise explains.
 *
 * <p>Thread safety: confined.
 */
final class Trial {

    /** What a comparison has come to. */
    enum Verdict {
        OPEN,
        FASTER,
        NOT_FASTER
    }

    private static final int BLOCK = 4; // steps
    private static final int LONGEST = 160 * BLOCK;
    private static final int FEWEST = 3; // pairs of blocks that prove something
    private static final double MUCH_SLOWER = 1.4;
    private static final double MUCH_FASTER = 0.5;
    private static final double FAR_TOO_SLOW = 3;
    private static final double WORTH = 0.05; // part of the time that a change has to save
    private static final double SURE = 3.5; // standard errors
    private static final double UNLIKELY = 1.5;
    private static final double OUTLIER = 8; // times the expected
    private static final double LEAST_VARIANCE = 1e-4;

    private final Mean candidate = new Mean();
    private final Mean present = new Mean();
    private final Mean saved = new Mean(); // by pairs of blocks
    private final Mean block = new Mean(); // the present pair's candidate
    private final Mean other = new Mean();
    private int steps;

    void begin() {
        steps = 0;
        candidate.clear();
        present.clear();
        saved.clear();
        block.clear();
        other.clear();
    }

    /** Whether the next step is one with the candidate. */
    boolean tries() {
        return steps / BLOCK % 2 == 0;
    }

    /** A step took so many times the expected. */
    void add(double ratio) {
        double counted = Math.min(ratio, OUTLIER);
        (tries() ? candidate : present).add(counted);
        (tries() ? block : other).add(counted);
        steps++;
        if (steps % (2 * BLOCK) == 0) {
            saved.add(other.mean - block.mean);
            block.clear();
            other.clear();
        }
    }

    Verdict verdict() {
        if (steps <= BLOCK) {
            boolean slower = (steps >= 2 && candidate.mean > MUCH_SLOWER) || candidate.mean > FAR_TOO_SLOW;
            boolean faster = steps == BLOCK && candidate.mean < MUCH_FASTER;
            return slower ? Verdict.NOT_FASTER : faster ? Verdict.FASTER : Verdict.OPEN;
        }
        boolean last = steps >= LONGEST;
        if (steps % (2 * BLOCK) != 0 || saved.count < FEWEST) {
            return last ? Verdict.NOT_FASTER : Verdict.OPEN;
        }
        double gain = present.mean - candidate.mean - WORTH * present.mean;
        double error = error();
        if (gain > SURE * error) {
            return Verdict.FASTER;
        }
        return last || gain < -UNLIKELY * error ? Verdict.NOT_FASTER : Verdict.OPEN;
    }

    /** Of the difference of the means: steps that follow one another are alike, pairs of blocks less so. */
    private double error() {
        double bySteps = present.variance() / present.count + candidate.variance() / candidate.count;
        return Math.sqrt(Math.max(bySteps, saved.variance() / saved.count));
    }

    /** What the candidate takes, as a part of what the present number takes. */
    double ratio() {
        return present.count == 0 ? candidate.mean : candidate.mean / present.mean;
    }

    private static final class Mean {

        private int count;
        private double mean;
        private double squares;

        void clear() {
            count = 0;
            mean = 0;
            squares = 0;
        }

        void add(double value) {
            count++;
            double delta = value - mean;
            mean += delta / count;
            squares += delta * (value - mean);
        }

        double variance() {
            return Math.max(LEAST_VARIANCE, squares / (count - 1));
        }
    }
}
