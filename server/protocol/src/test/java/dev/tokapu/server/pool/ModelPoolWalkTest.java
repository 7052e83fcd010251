package dev.tokapu.server.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.pool.FakePool.Fake;
import dev.tokapu.server.pool.FakePool.Loaded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random events in random order: no unloaded model is used, the bounds hold, and every waiter is answered. */
class ModelPoolWalkTest {

    private static final int STEPS = 20_000;
    private static final int MOST = 3;

    private static final class Walk {

        final Random random;
        final List<Fake> fakes = new ArrayList<>();
        final List<CompletableFuture<Lease<Loaded>>> asked = new ArrayList<>();
        final List<Lease<Loaded>> leases = new ArrayList<>();
        final FakePool fake;
        int depth;

        Walk(long seed) {
            random = new Random(seed);
            for (int i = 0; i < 7; i++) {
                Fake model = new Fake("m" + i, 5 + random.nextInt(40));
                model.pinned = i == 0;
                fakes.add(model);
            }
            fake = new FakePool(MOST, Duration.ofSeconds(20), fakes.toArray(Fake[]::new));
            fake.meanwhile = this::meanwhile;
        }

        private void meanwhile() {
            if (depth == 0) {
                depth++;
                for (int i = random.nextInt(3); i > 0; i--) {
                    act();
                }
                depth--;
            }
        }

        void act() {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> asked.add(fake.ask("m" + random.nextInt(fakes.size())));
                case 4, 5 -> {
                    if (!leases.isEmpty()) {
                        Lease<Loaded> lease = leases.remove(random.nextInt(leases.size()));
                        if (random.nextInt(4) == 0) {
                            lease.keepAlive(Duration.ofSeconds(random.nextInt(3)));
                        }
                        lease.close();
                    }
                }
                case 6 -> {
                    if (!asked.isEmpty()) {
                        asked.get(random.nextInt(asked.size())).cancel(false);
                    }
                }
                case 7 -> fake.pool.unload("m" + random.nextInt(fakes.size()));
                case 8 -> {
                    Fake some = fakes.get(random.nextInt(fakes.size()));
                    some.failure = random.nextBoolean() ? new IllegalStateException("torn") : null;
                }
                case 9 -> replace();
                case 10 -> {
                    if (!leases.isEmpty() && random.nextInt(5) == 0) {
                        leases.get(random.nextInt(leases.size())).model().failed = true;
                    }
                }
                default -> {
                    if (depth == 0) {
                        fake.pass(Duration.ofSeconds(random.nextInt(10)));
                    }
                }
            }
            check();
        }

        private void replace() {
            if (random.nextInt(5) == 0) {
                int index = random.nextInt(fakes.size());
                Fake old = fakes.get(index);
                Fake other = new Fake(old.name, 5 + random.nextInt(40)).in(fake);
                other.pinned = old.pinned;
                fakes.set(index, other);
            }
            fake.pool.replace(fakes.stream().map(Fake::entry).toList());
        }

        void check() {
            asked.removeIf(future -> {
                if (future.isDone() && !future.isCompletedExceptionally()) {
                    leases.add(future.join());
                }
                return future.isDone();
            });
            leases.forEach(lease -> assertThat(lease.model().closed).isFalse());
            assertThat(fake.mostOpen).isLessThanOrEqualTo(MOST);
            assertThat(fake.open).isGreaterThanOrEqualTo(0);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void walk(long seed) {
        Walk walk = new Walk(seed);
        for (int i = 0; i < STEPS; i++) {
            walk.act();
            if (walk.random.nextInt(3) == 0) {
                walk.fake.run();
                walk.check();
                assertThat(walk.asked).as("waiters of an idle pool").isEmpty();
            }
        }
        walk.fake.run();
        walk.check();
        walk.leases.forEach(Lease::close);
        walk.fake.meanwhile = () -> {};
        walk.fake.pass(Duration.ofMinutes(10));
        List<String> left = walk.fake.loaded();
        assertThat(left).isSubsetOf("m0");
        walk.fake.pool.close();
        assertThat(walk.fake.open).isZero();
    }
}
