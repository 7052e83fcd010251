package dev.tokapu.engine.run;

import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.PlanEntry;

/**
 * Measures how the cost of a prompt token grows with its position: a line through the times of steps that had prompts alone, the latest
 * ones counting most.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class PrefillCost {

    private static final double KEPT = 0.98; // of what was measured before
    private static final double LEAST_STEPS = 8;
    private static final double LEAST_SPREAD = 256; // of positions, as a standard deviation
    private static final double LEAST = 512;
    private static final double MOST = 1 << 20;

    private final int leastTokens;
    private double steps;
    private double positions;
    private double times;
    private double squares;
    private double products;

    /** Steps with fewer tokens than that say more about steps than about tokens. */
    PrefillCost(int leastTokens) {
        this.leastTokens = leastTokens;
    }

    /** A step was computed that had prompts alone. */
    void computed(Plan<?> plan, long nanos) {
        int tokens = plan.tokens();
        if (tokens < leastTokens) {
            return;
        }
        double position = 0;
        for (PlanEntry<?> entry : plan.entries()) {
            position += (double) entry.count() / tokens * (entry.from() + entry.count() / 2.0);
        }
        double time = (double) nanos / tokens;
        steps = KEPT * steps + 1;
        positions = KEPT * positions + position;
        times = KEPT * times + time;
        squares = KEPT * squares + position * position;
        products = KEPT * products + position * time;
    }

    /** What a token of a long prompt takes that has its steps alone, in nanoseconds; 0 as long as that is not known. */
    double tokenNanos() {
        return steps == 0 ? 0 : times / steps;
    }

    /** Tokens of context at which a token costs twice as much as without any; 0 as long as that is not known. */
    double attention() {
        double spread = squares / steps - positions / steps * (positions / steps);
        if (steps < LEAST_STEPS || spread < LEAST_SPREAD * LEAST_SPREAD) {
            return 0;
        }
        double slope = (products / steps - positions / steps * (times / steps)) / spread;
        double first = times / steps - slope * (positions / steps);
        if (slope <= 0 || first <= 0) {
            return slope <= 0 ? MOST : LEAST;
        }
        return Math.max(LEAST, Math.min(MOST, first / slope));
    }
}
