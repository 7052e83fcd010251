package dev.tokapu.internal.threads;

import org.jspecify.annotations.Nullable;

/**
 * Looks for the number of threads that steps of one kind are fastest with. It keeps a number, tries another one now and then and
 * keeps what is clearly faster.
 *
 * <ul>
 *   <li>A machine that stays quiet is tried ever more rarely: after each trial of fewer threads in vain the next one waits twice
 *       as long.
 *   <li>Steps that get slower or faster, or differ much from each other, tell that something else computes, or no longer does:
 *       then it looks at once, on credit.
 *   <li>With fewer threads than the most, steps do not tell that processors have come free. Where the system does, more threads are tried
 *       when one has, elsewhere as often as the {@link TrialBudget} pays for.
 * </ul>
 *
 * <p>Thread safety: confined.
 */
final class ThreadSearch {

    private static final double FIRST_WAIT = 1e9; // nanoseconds of computing
    private static final double LONGEST_WAIT_DOWN = 300e9;
    private static final double LONGEST_WAIT_UP = 8e9;
    private static final int FIRST_STEPS = 24;
    private static final int UNEVEN_STEPS = 8;
    private static final double RECENT = 0.125; // weight of a step
    private static final double LEVEL = 1.0 / 64;
    private static final double SLOWER = 1.3; // times the expected
    private static final double FASTER = 0.75;
    private static final double UNEVEN = 0.2; // mean difference from the expected, of a step
    private static final int JUMPS = 3; // smaller numbers that are tried
    private static final double OUTLIER = 4; // times the expected, which a trial is not blamed for
    private static final int MOST_COST = 6; // steps; what has cost so much is not faster
    private static final double FREE = 0.5; // of a processor
    private static final int FIRST_COST = 2; // steps that a trial computes before it is seen to be slow

    private final int most;
    private final StepTimes times = new StepTimes();
    private final TrialBudget budget;
    private final Trial trial = new Trial();
    private final Direction down = new Direction(LONGEST_WAIT_DOWN);
    private final Direction up = new Direction(LONGEST_WAIT_UP);
    private int threads;
    private int candidate; // of the trial; 0 without one
    private double expected; // nanoseconds of the step that is computed, 0 when they are not known
    private double cost; // of the trial, in nanoseconds
    private double now; // nanoseconds of computing
    private int steps; // since conditions changed
    private double step; // what steps take lately, in nanoseconds
    private double recent = 1; // what steps took lately, times the expected
    private double uneven;
    private boolean crowded;
    private double level = 1; // what steps took on the average, times the expected

    ThreadSearch(int most, TrialBudget budget) {
        this.most = most;
        this.budget = budget;
        this.threads = most;
    }

    /** For a step; one that nothing is known of is no trial. */
    int threads(int tokens, int outputs, long context) {
        expected = most == 1 ? 0 : times.expected(tokens, outputs, context);
        return tries() ? candidate : threads;
    }

    private boolean tries() {
        return candidate != 0 && expected > 0 && trial.tries();
    }

    /** The number that it keeps. */
    int kept() {
        return threads;
    }

    boolean isReduced() {
        return threads < most;
    }

    /** Something has changed: it looks soon whether another number is faster. */
    void look() {
        steps = 0;
        down.reset(now);
        down.soon = Math.min(JUMPS, threads - 1);
        lookUp();
    }

    /** Goes on with another number, of which it knows nothing yet. */
    void follow(int number) {
        threads = Math.min(number, most);
        candidate = 0;
        recent = 1;
        steps = 0;
        times.forget();
        down.reset(now + FIRST_WAIT);
        up.reset(now + FIRST_WAIT);
    }

    /** So many processors have nothing to do; NaN when that is not known. Without one more threads are not tried. */
    void idle(double processors) {
        boolean before = crowded;
        crowded = processors < FREE;
        if (before && !crowded) {
            budget.renew();
            lookUp();
        }
    }

    /** It looks soon whether more threads are faster. */
    void lookUp() {
        up.reset(now);
        up.soon = Math.min(1, most - threads);
    }

    /** The step took so long; returns whether conditions have changed. */
    boolean computed(int tokens, int outputs, long context, double nanos) {
        if (most == 1) {
            return false;
        }
        now += nanos;
        budget.computed(nanos);
        boolean changed = false;
        if (tries()) {
            double extra = nanos - level * expected;
            cost += extra;
            budget.spend(extra);
        } else {
            changed = expected > 0 && observe(nanos / expected);
            times.learn(tokens, outputs, context, nanos);
            step = step == 0 ? nanos : step + RECENT * (Math.min(nanos, OUTLIER * step) - step);
        }
        if (candidate == 0) {
            begin();
        } else if (expected > 0) {
            trial.add(nanos / expected);
            changed |= judge();
        }
        return changed;
    }

    /** Whether steps got slower or faster. */
    private boolean observe(double ratio) {
        steps++;
        level += LEVEL * (Math.min(ratio, OUTLIER) - level);
        recent += RECENT * (Math.min(ratio, 2) - recent);
        uneven += Math.max(RECENT / 2, 1.0 / steps) * (Math.min(Math.abs(ratio - 1), 1) - uneven);
        if ((recent < SLOWER && recent > FASTER) || candidate != 0) {
            return false;
        }
        times.scale(recent);
        level /= recent;
        recent = 1;
        look();
        return true;
    }

    private void begin() {
        Direction direction = next();
        if (direction != null) {
            direction.soon = Math.max(0, direction.soon - 1);
            candidate = direction == down ? fewer() : more();
            cost = 0;
            trial.begin();
        }
    }

    private @Nullable Direction next() {
        if (down.soon == 0 && up.soon == 0 && steps < (uneven > UNEVEN ? UNEVEN_STEPS : FIRST_STEPS)) {
            return null;
        }
        if (threads > 1 && isDue(down, (double) threads / fewer() - 1)) {
            return down;
        }
        return threads < most && !crowded && isDue(up, 1) ? up : null;
    }

    private boolean isDue(Direction direction, double slower) {
        double price = Math.max(direction.cost, slower * FIRST_COST * step);
        boolean soon = direction.soon > 0 || (direction == down && uneven > UNEVEN && !down.tried);
        return (soon && budget.allowsUrgent(price, step)) || (now >= direction.due && budget.allows(price));
    }

    /** Three quarters, a half or a quarter, in turn: with too few left out, it is as slow as before. */
    private int fewer() {
        return Math.max(1, threads * (JUMPS - down.trials % JUMPS) / (JUMPS + 1));
    }

    /** All of them, or half of those that are missing. */
    private int more() {
        return up.trials % 2 == 0 ? most : (threads + most + 1) / 2;
    }

    /** Ends the trial when it is clear; returns whether the number changed. */
    private boolean judge() {
        Trial.Verdict verdict = trial.verdict();
        if (verdict == Trial.Verdict.OPEN && cost < MOST_COST * step) {
            return false;
        }
        Direction direction = candidate < threads ? down : up;
        boolean faster = verdict == Trial.Verdict.FASTER;
        if (faster) {
            threads = candidate;
            times.scale(trial.ratio());
            level = 1;
            recent = 1;
            down.reset(now + FIRST_WAIT);
            up.reset(now + FIRST_WAIT);
            direction.due = now;
        } else {
            direction.failed(now, cost);
        }
        candidate = 0;
        return faster;
    }

    /** Fewer threads, or more. */
    private static final class Direction {

        private final double longestWait;
        private double wait = FIRST_WAIT;
        private double due;
        private double cost; // of the last trial
        private int trials;
        private boolean tried;
        private int soon; // trials that do not wait

        Direction(double longestWait) {
            this.longestWait = longestWait;
        }

        void reset(double next) {
            wait = FIRST_WAIT;
            due = next;
            cost = 0;
            trials = 0;
            tried = false;
            soon = 0;
        }

        void failed(double now, double paid) {
            due = now + wait;
            wait = Math.min(2 * wait, longestWait);
            cost = paid;
            trials++;
            tried = true;
        }
    }
}
