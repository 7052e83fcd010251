package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Random worlds whose every step is checked. {@code -Dtokapu.simulation.steps} makes it long, {@code -Dtokapu.simulation.seed} begins
 * elsewhere or repeats a world that failed.
 */
class SchedulerSimulationTest {

    private static final int STEPS_PER_WORLD = 2_000;

    @Test
    void simulation_randomWorlds_keepAllRules() {
        long steps = Long.getLong("tokapu.simulation.steps", 1_000_000);
        long seed = Long.getLong("tokapu.simulation.seed", 1);
        SimulationCounts counts = new SimulationCounts();
        while (counts.steps < steps) {
            try {
                new SimulatedWorld(seed, counts).run(STEPS_PER_WORLD);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "World " + seed + " after " + counts + "; repeat it alone with"
                                + " -Dtokapu.simulation.steps=1 -Dtokapu.simulation.seed=" + seed,
                        e);
            }
            seed++;
        }
        System.out.println("Scheduler simulation: " + counts);
        assertThat(counts.ends(EndReason.DONE)).isPositive();
        assertThat(counts.ends(EndReason.CANCELLED)).isPositive();
        assertThat(counts.ends(EndReason.DEADLINE)).isPositive();
        assertThat(counts.failed).isPositive();
        assertThat(counts.bridges).isPositive();
        assertThat(counts.gapTokens).isPositive();
        assertThat(counts.padded).isPositive();
        assertThat(counts.accepted).isLessThan(counts.offered);
    }
}
