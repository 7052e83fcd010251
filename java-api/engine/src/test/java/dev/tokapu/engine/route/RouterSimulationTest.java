package dev.tokapu.engine.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.route.RoutedWorld.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an engine of several replicas gives its users, in simulated time. */
class RouterSimulationTest {

    private static final int SEQUENCES = 16;

    /** Lognormal, as lengths of conversations are. */
    private static int length(Random random, double median, int most) {
        return (int) Math.max(1, Math.min(most, median * Math.exp(random.nextGaussian())));
    }

    private static Call call(Random random, Object tenant, long arrival) {
        return new Call(
                tenant,
                0,
                random.ints(length(random, 200, 2000), 0, 30_000).toArray(),
                length(random, 100, 800),
                arrival);
    }

    /** Users of whom each asks again when it has its answer; tokens a second. */
    private static double throughput(int replicas, int users, int requests, long seed) {
        Random random = new Random(seed);
        List<Call> calls = new ArrayList<>();
        RoutedWorld[] world = new RoutedWorld[1];
        world[0] = new RoutedWorld(replicas, SEQUENCES, ended -> {
            if (calls.size() < requests) {
                calls.add(call(random, "all", ended.ended));
                world[0].arrives(calls.get(calls.size() - 1));
            }
        });
        for (int i = 0; i < users; i++) {
            calls.add(call(random, "all", 0));
            world[0].arrives(calls.get(i));
        }
        long end = world[0].run();
        assertThat(calls).allMatch(call -> call.generated == call.answer);
        List<Long> computed = world[0].computed();
        assertThat((double) Collections.max(computed) / Collections.min(computed))
                .as("balance of %s", computed)
                .isLessThan(1.15);
        return calls.stream().mapToLong(call -> call.answer).sum() / (double) end;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void usersWhoAskAgain_getAsManyTimesAsMuchAsThereAreReplicas(int replicas) {
        double one = throughput(1, SEQUENCES, 400, 1);
        double several = throughput(replicas, replicas * SEQUENCES, replicas * 400, 1);
        assertThat(several / one).isBetween(0.92 * replicas, 1.08 * replicas);
    }

    @Test
    void moreUsersThanSequences_nobodyWaitsMuchLongerThanOthers() {
        Random random = new Random(3);
        List<Call> calls = new ArrayList<>();
        RoutedWorld world = new RoutedWorld(2, SEQUENCES, ended -> {});
        for (int i = 0; i < 600; i++) {
            calls.add(call(random, "all", i * 1000L));
        }
        calls.forEach(world::arrives);
        world.run();
        long before = 0;
        for (Call call : calls) {
            assertThat(call.ended).isPositive();
            // In the order of their arrival, but for what the two lines differ by.
            assertThat(call.admitted).isGreaterThan(before - 15_000_000);
            before = Math.max(before, call.admitted);
        }
    }

    @Test
    void conversations_stayWhereTheirPrefixIs() {
        Random random = new Random(4);
        int[] turns = {0};
        long[] known = {0};
        long[] cached = {0};
        RoutedWorld[] world = new RoutedWorld[1];
        world[0] = new RoutedWorld(4, SEQUENCES, ended -> {
            known[0] += ended.prompt.length > 600 ? ended.prompt.length - 200 : 0;
            cached[0] += ended.cached;
            int[] text = ended.text();
            if (text.length < 3000) {
                int[] prompt = Arrays.copyOf(text, text.length + 100);
                for (int i = text.length; i < prompt.length; i++) {
                    prompt[i] = random.nextInt(30_000);
                }
                turns[0]++;
                world[0].arrives(new Call(ended.tenant, 0, prompt, 100, ended.ended + random.nextInt(3_000_000)));
            }
        });
        for (int i = 0; i < 40; i++) {
            int[] prompt = random.ints(600, 0, 30_000).toArray();
            world[0].arrives(new Call("t" + i, 0, prompt, 100, random.nextInt(1_000_000)));
        }
        world[0].run();
        assertThat(turns[0]).isGreaterThan(400);
        assertThat(cached[0] / (double) known[0]).as("of what was known").isGreaterThan(0.9);
    }

    @Test
    void commonBeginning_isOnAllReplicasWhenTheyAreNeeded() {
        Random random = new Random(5);
        int[] system = random.ints(1500, 0, 30_000).toArray();
        RoutedWorld world = new RoutedWorld(2, SEQUENCES, ended -> {});
        for (int i = 0; i < 200; i++) {
            int[] prompt = Arrays.copyOf(system, 1600);
            for (int k = 1500; k < prompt.length; k++) {
                prompt[k] = random.nextInt(30_000);
            }
            world.arrives(new Call("all", 0, prompt, 100, i * 20_000L));
        }
        world.run();
        List<Long> computed = world.computed();
        assertThat((double) Collections.max(computed) / Collections.min(computed))
                .isLessThan(1.25);
    }

    @Test
    void tenantThatFloods_holdsUpNobodyElse() {
        Random random = new Random(6);
        List<Call> flood = new ArrayList<>();
        List<Call> few = new ArrayList<>();
        RoutedWorld world = new RoutedWorld(2, SEQUENCES, ended -> {});
        for (int i = 0; i < 1000; i++) {
            flood.add(call(random, "flood", 0));
        }
        for (int i = 0; i < 20; i++) {
            few.add(call(random, "few", 1_000_000));
        }
        flood.forEach(world::arrives);
        few.forEach(world::arrives);
        world.run();
        long lastOfFew = few.stream().mapToLong(call -> call.admitted).max().orElseThrow();
        long before = flood.stream().filter(call -> call.admitted <= lastOfFew).count();
        assertThat(before).as("of the flood before the last of the others").isLessThan(150);
    }

    @Test
    void higherPriority_isNextInItsLine() {
        Random random = new Random(7);
        List<Call> low = new ArrayList<>();
        RoutedWorld world = new RoutedWorld(2, SEQUENCES, ended -> {});
        for (int i = 0; i < 400; i++) {
            low.add(call(random, "all", 0));
        }
        Call high = new Call("all", 100, random.ints(100, 0, 30_000).toArray(), 50, 2_000_000);
        low.forEach(world::arrives);
        world.arrives(high);
        world.run();
        long before = low.stream()
                .filter(call -> call.admitted > high.arrival && call.admitted < high.admitted)
                .count();
        assertThat(before).isLessThanOrEqualTo(SEQUENCES);
    }

    /** One line is short, the other has long answers only: what waits there is computed here. */
    @Test
    void replicaWithNothingToDo_takesWhatWaitsElsewhere() {
        Random random = new Random(8);
        RoutedWorld world = new RoutedWorld(2, 2, ended -> {});
        int[] known = random.ints(2000, 0, 30_000).toArray();
        for (int i = 0; i < 12; i++) {
            world.arrives(new Call("all", 0, known, 20, 0));
        }
        world.arrives(new Call("all", 0, random.ints(50, 0, 30_000).toArray(), 5, 0));
        world.run();
        assertThat(world.moved).isPositive();
    }
}
