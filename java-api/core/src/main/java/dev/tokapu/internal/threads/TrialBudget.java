package dev.tokapu.internal.threads;

/**
 * What trials of other numbers of threads may cost: a small part of the time that is computed, and some steps on credit when
 * conditions have changed.
 *
 * <p>Thread safety: confined.
 */
final class TrialBudget {

    private static final double SHARE = 0.005;
    private static final double URGENT_SHARE = 0.008;
    private static final int CREDIT = 8; // steps
    private static final double REMEMBERED = 600e9; // nanoseconds

    private double computed;
    private double spent;

    /** A step took so long. */
    void computed(double nanos) {
        computed += nanos;
        if (computed > REMEMBERED) {
            computed /= 2;
            spent /= 2;
        }
    }

    /** A step of a trial took so much longer than without it; less than 0 where it was faster. */
    void spend(double nanos) {
        spent = Math.max(0, spent + nanos);
    }

    /** Whether a trial may cost so much. */
    boolean allows(double nanos) {
        return spent + nanos <= SHARE * computed;
    }

    /** The same when conditions have changed and a step takes so long. */
    boolean allowsUrgent(double nanos, double step) {
        return spent + nanos <= URGENT_SHARE * computed + CREDIT * step;
    }
}
