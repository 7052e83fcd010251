package dev.tokapu.engine.disk;

import static dev.tokapu.engine.disk.DiskFixture.files;
import static dev.tokapu.engine.disk.DiskFixture.list;
import static dev.tokapu.engine.disk.DiskFixture.open;
import static dev.tokapu.engine.disk.DiskFixture.threads;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.disk.DiskFixture.Texts;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.internal.util.IntList;
import dev.tokapu.testsupport.LogCapture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads do everything at once; each state says whose it is, and of which tokens. */
class DiskStressTest {

    private static final int THREADS = 20;
    private static final int STEPS = 400;
    private static final int TENANTS = 5;
    private static final long BUDGET = 60_000;

    @TempDir
    Path folder;

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicLong expectedCalls = new AtomicLong();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong loaded = new AtomicLong();

    private static PrefixScope scope(SplittableRandom random) {
        int tenant = random.nextInt(TENANTS);
        return tenant == 0 ? DiskFixture.PUBLIC : DiskFixture.scope("tenant " + tenant);
    }

    private static String state(PrefixScope scope, IntList tokens) {
        StringBuilder state = new StringBuilder();
        state.append("secret of ").append(scope.tenant());
        for (int token : tokens.toArray()) {
            state.append(' ').append(token);
        }
        return state.append(" .".repeat(500)).toString();
    }

    private void work(DiskTier<String> tier, long seed) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < STEPS; step++) {
            PrefixScope scope = scope(random);
            int[] tokens = random.ints(1 + random.nextInt(12), 0, 3).toArray();
            int action = random.nextInt(100);
            if (action < 40) {
                store(tier, scope, list(tokens), action < 20);
            } else if (action < 41) {
                tier.removeIf(scope::equals);
            } else if (action < 45) {
                removeOne(tier, random);
            } else {
                find(tier, scope, tokens);
            }
        }
    }

    private void store(DiskTier<String> tier, PrefixScope scope, IntList tokens, boolean waits)
            throws InterruptedException {
        String state = state(scope, tokens);
        expectedCalls.incrementAndGet();
        CountDownLatch called = new CountDownLatch(1);
        boolean queued = tier.store(scope, tokens, tokens.size(), state, back -> {
            calls.incrementAndGet();
            check(back.equals(state), "another state came back");
            called.countDown();
        });
        if (!queued) {
            expectedCalls.decrementAndGet();
        } else if (waits) {
            called.await();
        }
    }

    private static void removeOne(DiskTier<String> tier, SplittableRandom random) {
        List<DiskEntry> entries = tier.entries();
        if (!entries.isEmpty()) {
            tier.remove(entries.get(random.nextInt(entries.size())).serial());
        }
    }

    private void find(DiskTier<String> tier, PrefixScope scope, int[] tokens) throws InterruptedException {
        DiskMatch match = tier.match(scope, tokens, tokens.length);
        if (match == null) {
            return;
        }
        DiskEntry entry = match.entry();
        check(scope.mayUse(entry.scope()), scope + " found " + entry);
        check(entry.tokens().commonPrefix(tokens) == match.length(), tokens.length + " tokens, found " + match);
        expectedCalls.incrementAndGet();
        CountDownLatch called = new CountDownLatch(1);
        tier.load(entry, state -> {
            calls.incrementAndGet();
            if (state != null) {
                loaded.incrementAndGet();
                check(state.equals(state(entry.scope(), entry.tokens())), entry + " is " + state);
            }
            called.countDown();
        });
        called.await();
    }

    private void check(boolean right, String what) {
        if (!right) {
            wrong.add(what);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void manyThreads_findTheirOwnAlone_andEachCallbackComesOnce(boolean closedMeanwhile) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try (LogCapture log = LogCapture.start();
                DiskTier<String> tier = open(folder, BUDGET, new Texts())) {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                long seed = i;
                workers.add(executor.submit(() -> {
                    work(tier, seed);
                    return null;
                }));
            }
            if (closedMeanwhile) {
                Thread.sleep(ThreadLocalRandom.current().nextInt(200));
                tier.close(Duration.ofMillis(20));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
            tier.close(Duration.ofMinutes(2));
            assertThat(wrong).isEmpty();
            assertThat(calls).hasValue(expectedCalls.get());
            assertThat(log.warnings()).isEmpty();
            assertThat(closedMeanwhile ? 1 : loaded.get()).isPositive();

            check(tier);
        } finally {
            executor.shutdownNow();
        }
        assertThat(threads("test-disk")).isZero();
        reopen();
    }

    /** What the index says is what the directory holds. */
    private void check(DiskTier<String> tier) throws Exception {
        long sum = 0;
        for (Path file : files(folder)) {
            sum += Files.size(file);
        }
        assertThat(tier.bytes()).isEqualTo(sum).isLessThanOrEqualTo(BUDGET);
        assertThat(tier.entries()).extracting(DiskEntry::file).containsExactlyInAnyOrderElementsOf(files(folder));
    }

    private void reopen() throws Exception {
        try (DiskTier<String> tier = open(folder)) {
            check(tier);
            for (DiskEntry entry : tier.entries()) {
                assertThat(DiskFixture.load(tier, entry)).isEqualTo(state(entry.scope(), entry.tokens()));
            }
        }
    }
}
