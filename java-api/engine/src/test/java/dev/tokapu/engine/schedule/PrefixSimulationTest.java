package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code -Dtokapu.test.prefix.seed} replays one world, {@code -Dtokapu.test.prefix.worlds} runs more of them, {@code .first} others. */
class PrefixSimulationTest {

    private static final int STEPS = 2_000;

    @Test
    void randomConversations_withCacheAndFailures_getTheirOwnTokens() {
        Long replayed = Long.getLong("tokapu.test.prefix.seed");
        long first = replayed == null ? Long.getLong("tokapu.test.prefix.first", 1) : replayed;
        long worlds = replayed == null ? Long.getLong("tokapu.test.prefix.worlds", 120) : 1;
        long cached = 0;
        long requests = 0;
        long beside = 0;
        long preempted = 0;
        for (long seed = first; seed < first + worlds; seed++) {
            PrefixWorld world = new PrefixWorld(seed);
            try {
                world.run(STEPS);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("world " + seed + " after " + world.steps + " steps: " + e.getMessage(), e);
            }
            cached += world.cached;
            requests += world.requests;
            beside += world.host.beside;
            preempted += world.preemptions.preempted;
        }
        assertThat(requests).isPositive();
        assertThat(cached).as("tokens found in the cache").isPositive();
        assertThat(replayed != null || beside > 0).as("copies beside answers").isTrue();
        assertThat(replayed != null || preempted > 0).as("preemptions").isTrue();
    }
}
