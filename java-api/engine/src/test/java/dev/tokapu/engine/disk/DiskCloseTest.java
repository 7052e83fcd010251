package dev.tokapu.engine.disk;

import static dev.tokapu.engine.disk.DiskFixture.ALICE;
import static dev.tokapu.engine.disk.DiskFixture.BOB;
import static dev.tokapu.engine.disk.DiskFixture.PLENTY;
import static dev.tokapu.engine.disk.DiskFixture.files;
import static dev.tokapu.engine.disk.DiskFixture.list;
import static dev.tokapu.engine.disk.DiskFixture.load;
import static dev.tokapu.engine.disk.DiskFixture.matched;
import static dev.tokapu.engine.disk.DiskFixture.names;
import static dev.tokapu.engine.disk.DiskFixture.open;
import static dev.tokapu.engine.disk.DiskFixture.store;
import static dev.tokapu.engine.disk.DiskFixture.threads;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.disk.DiskFixture.Texts;
import dev.tokapu.engine.prefix.PrefixScope;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is under way when a tier is closed, or when nobody wants it any more. */
class DiskCloseTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    /** Stands still in the middle of a state until it may go on. */
    private static final class Slow extends Texts {

        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);

        @Override
        public void write(String state, OutputStream out) throws IOException {
            super.write(state, out);
            pause();
        }

        @Override
        public String read(InputStream in) throws IOException {
            String state = super.read(in);
            pause();
            return state;
        }

        private void pause() throws IOException {
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }
    }

    private final Slow format = new Slow();
    private final AtomicInteger done = new AtomicInteger();

    @AfterEach
    void noThreadIsLeft() {
        assertThat(threads("test-disk")).isZero();
    }

    private boolean queue(DiskTier<String> tier, PrefixScope scope, int... tokens) {
        return tier.store(scope, list(tokens), tokens.length, "state", state -> done.incrementAndGet());
    }

    @Test
    void threads_haveNamesAndAreDaemons() throws IOException {
        try (DiskTier<String> tier = open(folder)) {
            assertThat(tier.entries()).isEmpty();
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith("test-disk"))
                    .allMatch(Thread::isDaemon)
                    .extracting(Thread::getName)
                    .containsExactlyInAnyOrder("test-disk-writer", "test-disk-reader");
        }
    }

    @Test
    void close_whatIsQueued_isWritten() throws Exception {
        DiskTier<String> tier = open(folder, PLENTY, format);
        for (int i = 0; i < 5; i++) {
            assertThat(queue(tier, ALICE, i)).isTrue();
        }
        format.begun.await();
        format.goOn.countDown();
        assertThat(tier.close(PATIENCE)).isTrue();
        assertThat(done).hasValue(5);
        assertThat(files(folder)).hasSize(5);
        assertThat(tier.close(PATIENCE)).isTrue();
    }

    @Test
    void close_withoutTime_givesAllStatesBackAndLeavesNothingHalf() throws Exception {
        DiskTier<String> tier = open(folder, PLENTY, format);
        for (int i = 0; i < 5; i++) {
            queue(tier, ALICE, i);
        }
        format.begun.await();
        assertThat(tier.close(Duration.ZERO)).isFalse();
        assertThat(done).hasValue(5);
        assertThat(names(folder)).containsExactly(".tokapu-lock");
        assertThat(tier.counts().failedWrites()).isZero();
        open(folder).close();
    }

    @Test
    void close_byAnInterruptedThread_isQuickAndKeepsTheInterrupt() throws Exception {
        DiskTier<String> tier = open(folder, PLENTY, format);
        queue(tier, ALICE, 1);
        format.begun.await();
        Thread.currentThread().interrupt();
        assertThat(tier.close(PATIENCE)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(done).hasValue(1);
    }

    @Test
    void close_duringALoad_givesNothingAndKeepsTheFile() throws Exception {
        try (DiskTier<String> tier = open(folder)) {
            store(tier, ALICE, "state", 1);
            store(tier, ALICE, "state", 2);
        }
        DiskTier<String> tier = open(folder, PLENTY, format);
        AtomicInteger nothing = new AtomicInteger();
        tier.entries().forEach(entry -> tier.load(entry, state -> nothing.addAndGet(state == null ? 1 : 100)));
        format.begun.await();
        tier.close();
        assertThat(nothing).hasValue(2);
        assertThat(files(folder)).hasSize(2);
        assertThat(tier.counts().damaged()).isZero();
    }

    @Test
    void closedTier_takesAndGivesNothing() throws IOException {
        DiskTier<String> tier = open(folder);
        store(tier, ALICE, "state", 1);
        DiskEntry entry = tier.entries().get(0);
        tier.close();
        assertThat(queue(tier, ALICE, 2)).isFalse();
        assertThat(load(tier, entry)).isNull();
        assertThat(done).hasValue(0);
    }

    @Test
    void store_tooMuchAtATime_isRefused() throws Exception {
        try (DiskTier<String> tier = open(folder, PLENTY, format)) {
            int queued = 0;
            while (queue(tier, ALICE, queued)) {
                queued++;
            }
            assertThat(queued).isBetween(2, 100);
            format.goOn.countDown();
            tier.close();
            assertThat(done).hasValue(queued);
        }
    }

    @Test
    void store_whatIsQueuedAlready_isRefused_andALongerOneReplacesIt() throws Exception {
        try (DiskTier<String> tier = open(folder, PLENTY, format)) {
            queue(tier, BOB, 9);
            format.begun.await();
            assertThat(queue(tier, ALICE, 1, 2)).isTrue();
            assertThat(queue(tier, ALICE, 1)).isFalse();
            assertThat(queue(tier, BOB, 1)).isTrue();
            assertThat(queue(tier, ALICE, 1, 2, 3)).isTrue();
            format.goOn.countDown();
            tier.close();
            assertThat(done).hasValue(4);
            assertThat(tier.counts().written()).isEqualTo(3);
            assertThat(matched(tier, ALICE, 1, 2, 3)).isEqualTo(3);
        }
    }

    @Test
    void removeIf_duringAWrite_leavesNothingOfIt() throws Exception {
        try (DiskTier<String> tier = open(folder, PLENTY, format)) {
            queue(tier, ALICE, 1);
            queue(tier, ALICE, 2);
            queue(tier, BOB, 1);
            format.begun.await();
            tier.removeIf(ALICE::equals);
            format.goOn.countDown();
            tier.close();
            assertThat(done).hasValue(3);
            assertThat(tier.entries()).extracting(DiskEntry::scope).containsExactly(BOB);
            assertThat(files(folder)).hasSize(1);
            assertThat(tier.counts()).isEqualTo(new DiskCounts(1, 0, 0, 0, 0));
        }
    }

    @Test
    void remove_duringALoad_givesNothing() throws Exception {
        try (DiskTier<String> tier = open(folder)) {
            store(tier, ALICE, "state", 1);
        }
        try (DiskTier<String> tier = open(folder, PLENTY, format)) {
            DiskEntry entry = tier.entries().get(0);
            AtomicInteger nothing = new AtomicInteger();
            CountDownLatch loaded = new CountDownLatch(1);
            tier.load(entry, state -> {
                nothing.addAndGet(state == null ? 1 : 100);
                loaded.countDown();
            });
            format.begun.await();
            tier.remove(entry.serial());
            format.goOn.countDown();
            loaded.await();
            assertThat(nothing).hasValue(1);
            assertThat(format.discarded).hasValue(1);
            assertThat(files(folder)).isEmpty();
        }
    }
}
