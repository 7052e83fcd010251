package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * {@code -Dtokapu.simulation.worlds} runs more worlds, {@code -Dtokapu.test.prefix.first} others. {@code -Dtokapu.test.prefix.seed} replays one,
 * {@code -Dtokapu.test.prefix.only} with some of its requests: a world that fails is tried again with fewer.
 */
class PrefixSimulationTest {

    private static final int STEPS = 2_000;
    private static final int MOST_TRIES = 400;

    private long cached;
    private long requests;
    private long beside;
    private long preempted;

    @Test
    void randomConversations_withCacheAndFailures_getTheirOwnTokens() {
        Long replayed = Long.getLong("tokapu.test.prefix.seed");
        if (replayed != null) {
            new PrefixWorld(replayed, only()).run(STEPS);
            return;
        }
        long first = Long.getLong("tokapu.test.prefix.first", 1);
        long worlds = Long.getLong("tokapu.simulation.worlds", 120);
        for (long seed = first; seed < first + worlds; seed++) {
            run(seed);
        }
        assertThat(requests).isPositive();
        assertThat(cached).as("tokens found in the cache").isPositive();
        assertThat(beside).as("copies beside answers").isPositive();
        assertThat(preempted).as("preemptions").isPositive();
    }

    private static IntPredicate only() {
        String some = System.getProperty("tokapu.test.prefix.only");
        return some == null
                ? request -> true
                : Arrays.stream(some.split(",", -1)).map(Integer::valueOf).collect(Collectors.toSet())::contains;
    }

    private void run(long seed) {
        PrefixWorld world = new PrefixWorld(seed, request -> true);
        Throwable failure = failure(world);
        if (failure != null) {
            IntStream few =
                    Shrinker.shrink(world.made(), MOST_TRIES, some -> failure(new PrefixWorld(seed, some::get)) != null)
                            .stream();
            throw new AssertionError(
                    "world " + seed + " after " + world.steps + " steps: " + failure.getMessage()
                            + "; a few of its requests fail with -Dtokapu.test.prefix.seed=" + seed
                            + " -Dtokapu.test.prefix.only="
                            + few.mapToObj(String::valueOf).collect(Collectors.joining(",")),
                    failure);
        }
        cached += world.cached;
        requests += world.requests;
        beside += world.host.beside;
        preempted += world.preemptions.preempted;
    }

    private static @Nullable Throwable failure(PrefixWorld world) {
        try {
            world.run(STEPS);
            return null;
        } catch (AssertionError | RuntimeException e) {
            return e;
        }
    }
}
