package dev.tokapu.engine.disk;

import static dev.tokapu.engine.disk.DiskFixture.ADAPTERS;
import static dev.tokapu.engine.disk.DiskFixture.ALICE;
import static dev.tokapu.engine.disk.DiskFixture.BOB;
import static dev.tokapu.engine.disk.DiskFixture.KEY;
import static dev.tokapu.engine.disk.DiskFixture.NO_PAUSE;
import static dev.tokapu.engine.disk.DiskFixture.PLENTY;
import static dev.tokapu.engine.disk.DiskFixture.PUBLIC;
import static dev.tokapu.engine.disk.DiskFixture.files;
import static dev.tokapu.engine.disk.DiskFixture.load;
import static dev.tokapu.engine.disk.DiskFixture.matched;
import static dev.tokapu.engine.disk.DiskFixture.open;
import static dev.tokapu.engine.disk.DiskFixture.store;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.disk.DiskFixture.Texts;
import dev.tokapu.testsupport.LogCapture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files take no more than they may, and the least recently used go first. */
class DiskBudgetTest {

    @TempDir
    Path folder;

    private long one; // the size of a file

    @BeforeEach
    void measure(@TempDir Path other) throws IOException {
        try (DiskTier<String> tier = open(other)) {
            store(tier, ALICE, "state", 0, 1);
            one = tier.bytes();
            assertThat(Files.size(files(other).get(0))).isEqualTo(one);
        }
    }

    private DiskTier<String> withRoomFor(int files) throws IOException {
        return open(folder, files * one, new Texts());
    }

    private DiskTier<String> ofAnotherKey() throws IOException {
        return DiskTier.open(
                folder, PLENTY, KEY.replace("some", "else"), ADAPTERS, false, new Texts(), "test", NO_PAUSE);
    }

    /** What a clock without fractions of a second would not tell apart. */
    private void setUses(DiskTier<String> tier) throws IOException {
        long seconds = 1_000_000;
        for (DiskEntry entry : tier.entries()) {
            Files.setLastModifiedTime(entry.file(), FileTime.from(Instant.ofEpochSecond(seconds++)));
        }
    }

    private long sizes() throws IOException {
        long sum = 0;
        for (Path file : files(folder)) {
            sum += Files.size(file);
        }
        return sum;
    }

    @Test
    void store_withoutRoom_evictsTheLeastRecentlyUsed() throws IOException {
        try (DiskTier<String> tier = withRoomFor(3)) {
            store(tier, ALICE, "state", 0, 1);
            store(tier, ALICE, "state", 1, 1);
            store(tier, ALICE, "state", 2, 1);
            assertThat(load(tier, ALICE, 0, 1)).isEqualTo("state");
            store(tier, ALICE, "state", 3, 1);
            assertThat(matched(tier, ALICE, 1, 1)).isZero();
            assertThat(matched(tier, ALICE, 0, 1)).isEqualTo(2);
            store(tier, ALICE, "state", 4, 1);
            assertThat(matched(tier, ALICE, 2, 1)).isZero();
            assertThat(tier.bytes()).isEqualTo(3 * one).isEqualTo(sizes());
            assertThat(tier.counts().evicted()).isEqualTo(2);
        }
    }

    @Test
    void uses_areRememberedAfterARestart() throws IOException {
        try (DiskTier<String> tier = withRoomFor(3)) {
            for (int i = 0; i < 3; i++) {
                store(tier, ALICE, "state", i, 1);
            }
            setUses(tier);
            load(tier, ALICE, 0, 1);
        }
        try (DiskTier<String> tier = withRoomFor(3)) {
            store(tier, ALICE, "state", 3, 1);
            assertThat(matched(tier, ALICE, 0, 1)).isEqualTo(2);
            assertThat(matched(tier, ALICE, 1, 1)).isZero();
        }
    }

    @Test
    void open_withASmallerBudget_evictsAtOnce() throws IOException {
        try (DiskTier<String> tier = withRoomFor(4)) {
            for (int i = 0; i < 4; i++) {
                store(tier, ALICE, "state", i, 1);
            }
            setUses(tier);
        }
        try (DiskTier<String> tier = withRoomFor(2)) {
            assertThat(sizes()).isEqualTo(2 * one).isEqualTo(tier.bytes());
            assertThat(matched(tier, ALICE, 3, 1)).isEqualTo(2);
        }
    }

    @Test
    void store_largerThanTheBudget_isRefusedAndEvictsNothing() throws IOException {
        try (DiskTier<String> tier = withRoomFor(2)) {
            store(tier, ALICE, "state", 0, 1);
            assertThat(store(tier, ALICE, "s".repeat((int) one), 1, 1)).isFalse();
            assertThat(tier.entries()).hasSize(1);
        }
    }

    @Test
    void store_largerThanItsFormatSaid_staysWithinTheBudget() throws IOException {
        Texts modest = new Texts() {
            @Override
            public long bytes(String state) {
                return 1;
            }
        };
        try (DiskTier<String> tier = open(folder, 2 * one, modest)) {
            store(tier, ALICE, "state", 0, 1);
            store(tier, ALICE, "state", 1, 1);
            store(tier, ALICE, "state".repeat(2), 2, 1);
            assertThat(tier.bytes()).isLessThanOrEqualTo(2 * one).isEqualTo(sizes());
            store(tier, ALICE, "s".repeat(2 * (int) one), 3, 1);
            assertThat(tier.bytes()).isZero();
            assertThat(files(folder)).isEmpty();
        }
    }

    @Test
    void filesOfAnotherKey_stayAndCount_andGoFirst() throws IOException {
        try (DiskTier<String> tier = ofAnotherKey()) {
            store(tier, ALICE, "state", 0, 1);
            store(tier, ALICE, "state", 1, 1);
        }
        try (DiskTier<String> tier = withRoomFor(3)) {
            assertThat(matched(tier, ALICE, 0, 1)).isZero();
            assertThat(tier.entries()).isEmpty();
            assertThat(tier.bytes()).isEqualTo(2 * one);
            store(tier, ALICE, "state", 2, 1);
            assertThat(files(folder)).hasSize(3);
            store(tier, ALICE, "state", 3, 1);
            assertThat(files(folder)).hasSize(3);
            assertThat(tier.entries()).hasSize(2);
        }
        try (DiskTier<String> tier = ofAnotherKey()) {
            assertThat(tier.entries()).hasSize(1);
            assertThat(tier.bytes()).isEqualTo(3 * one);
        }
    }

    @Test
    void filesOfAnotherFormatVersion_stayAndCount_andGoFirst() throws IOException {
        byte[] later = new byte[(int) one];
        ByteBuffer.wrap(later).putLong(0x544F4B4150555058L).putInt(99);
        Path file = folder.resolve("0123456789abcdef".repeat(2) + ".tokapu-prefix");
        Files.write(file, later);
        try (DiskTier<String> tier = withRoomFor(2)) {
            assertThat(tier.bytes()).isEqualTo(one);
            store(tier, ALICE, "state", 0, 1);
            assertThat(file).exists();
            store(tier, ALICE, "state", 1, 1);
            assertThat(file).doesNotExist();
            assertThat(tier.entries()).hasSize(2);
        }
    }

    @Test
    void removeIf_ofATenant_deletesWhatItHasWithOtherKeysToo() throws IOException {
        try (DiskTier<String> tier = ofAnotherKey()) {
            store(tier, ALICE, "state", 0, 1);
            store(tier, BOB, "state", 0, 1);
        }
        try (DiskTier<String> tier = open(folder)) {
            store(tier, ALICE, "state", 0, 1);
            store(tier, ALICE, "state", 1, 1);
            store(tier, BOB, "state", 1, 1);
            store(tier, PUBLIC, "state", 2, 1);
            assertThat(tier.removeIf(ALICE::equals)).isEqualTo(3);
            assertThat(tier.entries()).extracting(DiskEntry::scope).containsExactly(BOB, PUBLIC);
            assertThat(files(folder)).hasSize(3);
            assertThat(tier.bytes()).isEqualTo(sizes());
            tier.removeIf(scope -> true);
            assertThat(files(folder)).isEmpty();
            assertThat(tier.bytes()).isZero();
        }
    }

    @Test
    void fileThatCannotBeDeleted_countsOn_andWritingFails() throws IOException {
        try (LogCapture log = LogCapture.start();
                DiskTier<String> tier = withRoomFor(1)) {
            store(tier, ALICE, "state", 0, 1);
            Path file = files(folder).get(0);
            Files.delete(file);
            Files.createDirectories(file.resolve("in the way"));
            store(tier, ALICE, "state", 1, 1);
            assertThat(tier.counts().failedWrites()).isEqualTo(1);
            assertThat(tier.bytes()).isEqualTo(one);
            assertThat(log.warnings()).anyMatch(line -> line.contains("cannot be deleted"));
            Files.delete(file.resolve("in the way"));
            store(tier, ALICE, "state", 2, 1);
            assertThat(tier.entries()).hasSize(1);
            assertThat(tier.bytes()).isEqualTo(one);
        }
    }
}
