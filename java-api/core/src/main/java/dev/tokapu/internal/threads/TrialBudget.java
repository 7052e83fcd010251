package dev.tokapu.internal.threads;

/**
 * What trials of other numbers of threads may cost: a small part of the time that is computed, and some steps on credit when
 * conditions have changed.
 *
 * <p>Thread safety: confined.
 */
final class TrialBudget {

    private static final double SHARE = 0.004;
    private static final double URGENT_SHARE = 0.006;
    private static final int CREDIT = 8; // steps
    private static final double REMEMBERED = 600e9; // nanoseconds, and
    private static final int REMEMBERED_STEPS = 4000; // so that the credit is a small part of what they take

    private final double part;
    private double computed;
    private int steps;
    private double spent;

    /**
     * Creates it.
     *
     * @param part of the usual budget, up to 1
     */
    TrialBudget(double part) {
        this.part = part;
    }

    /** A step took so long. */
    void computed(double nanos) {
        computed += nanos;
        steps++;
        if (computed > REMEMBERED && steps > REMEMBERED_STEPS) {
            steps /= 2;
            computed /= 2;
            spent /= 2;
        }
    }

    /** A step of a trial took so much longer than without it; less than 0 where it was faster. */
    void spend(double nanos) {
        spent = Math.max(0, spent + nanos);
    }

    /** What trials have cost under other conditions does not count. */
    void renew() {
        spent = 0;
    }

    /** Whether a trial may cost so much. */
    boolean allows(double nanos) {
        return spent + nanos <= part * SHARE * computed;
    }

    /** The same when conditions have changed and a step takes so long. */
    boolean allowsUrgent(double nanos, double step) {
        return spent + nanos <= part * (URGENT_SHARE * computed + CREDIT * step);
    }
}
