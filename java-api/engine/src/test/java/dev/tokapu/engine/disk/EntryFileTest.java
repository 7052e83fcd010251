package dev.tokapu.engine.disk;

import static dev.tokapu.engine.disk.DiskFixture.ALICE;
import static dev.tokapu.engine.disk.DiskFixture.BOB;
import static dev.tokapu.engine.disk.DiskFixture.KEY;
import static dev.tokapu.engine.disk.DiskFixture.files;
import static dev.tokapu.engine.disk.DiskFixture.list;
import static dev.tokapu.engine.disk.DiskFixture.load;
import static dev.tokapu.engine.disk.DiskFixture.open;
import static dev.tokapu.engine.disk.DiskFixture.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.engine.disk.DiskFixture.Texts;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.testsupport.AllocationMeter;
import dev.tokapu.testsupport.LogCapture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is not as it was written is never taken for an entry. */
class EntryFileTest {

    private static final EntryHeader HEADER = new EntryHeader(KEY, "alice", list(1, 2, 3));
    private static final int MOST_ALLOCATED = 4 << 20; // of a file of some hundred bytes

    private final Texts format = new Texts();

    private static byte[] bytes(EntryHeader header, String state) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        EntryFile.write(header, state, new Texts(), out);
        return out.toByteArray();
    }

    private String read(byte[] bytes) throws IOException {
        return EntryFile.read(new ByteArrayInputStream(bytes), bytes.length, HEADER, format);
    }

    private void assertRefused(byte[] bytes) {
        String state;
        try {
            state = read(bytes);
        } catch (IOException | RuntimeException e) {
            return;
        }
        throw new AssertionError("read as " + state);
    }

    @Test
    void read_asWritten_givesTheState() throws IOException {
        byte[] bytes = bytes(HEADER, "state");
        assertThat(read(bytes)).isEqualTo("state");
        assertThat(bytes).hasSize((int) EntryFile.size(HEADER, format.bytes("state")));
        EntryHeader header = EntryHeader.read(new ByteArrayInputStream(bytes));
        assertThat(header.isSame(HEADER)).isTrue();
    }

    @Test
    void read_anyBitFlipped_isRefused() throws IOException {
        byte[] bytes = bytes(HEADER, "some state");
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] changed = bytes.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(changed);
        }
    }

    @Test
    void read_anyByteChanged_isRefused() throws IOException {
        byte[] bytes = bytes(HEADER, "some state");
        for (int at = 0; at < bytes.length; at++) {
            for (int value = 1; value < 256; value++) {
                byte[] changed = bytes.clone();
                changed[at] ^= (byte) value;
                assertRefused(changed);
            }
        }
    }

    @Test
    void read_cutOffAnywhere_isRefused() throws IOException {
        byte[] bytes = bytes(HEADER, "some state");
        for (int length = 0; length < bytes.length; length++) {
            assertRefused(Arrays.copyOf(bytes, length));
        }
    }

    @Test
    void read_longerThanWritten_isRefused() throws IOException {
        byte[] bytes = bytes(HEADER, "some state");
        assertRefused(Arrays.copyOf(bytes, bytes.length + 1));
        assertRefused(Arrays.copyOf(bytes, bytes.length + 4));
        assertThat(format.discarded).hasValue(2);
    }

    @Test
    void read_headerOfOneFileAndStateOfAnother_isRefused() throws IOException {
        byte[] mine = bytes(HEADER, "mine, of alice");
        byte[] other = bytes(new EntryHeader(KEY, "clara", list(4, 5, 6)), "hers, of clara");
        byte[] mixed = other.clone();
        System.arraycopy(mine, 0, mixed, 0, HEADER.size());
        assertRefused(mixed);
        assertThat(format.discarded).hasValue(1);
    }

    @Test
    void read_ofAnotherEntry_isRefused() throws IOException {
        assertRefused(bytes(new EntryHeader(KEY, "alice", list(1, 2, 4)), "state"));
        assertRefused(bytes(new EntryHeader(KEY, "alice", list(1, 2)), "state"));
        assertRefused(bytes(new EntryHeader(KEY, "bob", list(1, 2, 3)), "state"));
        assertRefused(bytes(new EntryHeader(KEY, PrefixScope.EVERYBODY, list(1, 2, 3)), "state"));
        assertRefused(bytes(new EntryHeader("other", "alice", list(1, 2, 3)), "state"));
    }

    /** The counts of texts and tokens, made huge or negative, with a checksum that is right. */
    @Test
    void header_thatLiesAboutItsCounts_isRefusedWithoutAllocating() throws IOException {
        byte[] bytes = HEADER.toBytes();
        int keyAt = 16;
        int tenantAt = keyAt + 4 + 2 * KEY.length() + 1;
        int tokensAt = tenantAt + 4 + 2 * "alice".length();
        for (int at : new int[] {12, keyAt, tenantAt, tokensAt}) {
            for (int count : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 0, 1 << 26, 1 << 16, 1 << 30, 4}) {
                byte[] lying = bytes.clone();
                ByteBuffer.wrap(lying).putInt(at, count);
                CRC32C checksum = new CRC32C();
                checksum.update(lying, 0, lying.length - 4);
                ByteBuffer.wrap(lying).putInt(lying.length - 4, (int) checksum.getValue());
                long allocated =
                        AllocationMeter.allocatedBytes(() -> assertThatExceptionOfType(DamagedEntryException.class)
                                .isThrownBy(() -> EntryHeader.read(new ByteArrayInputStream(lying))));
                assertThat(allocated).isLessThan(MOST_ALLOCATED);
            }
        }
    }

    @Test
    void load_damagedState_isNothingAndTheFileIsDeleted(@TempDir Path folder) throws IOException {
        try (LogCapture log = LogCapture.start();
                DiskTier<String> tier = open(folder)) {
            store(tier, ALICE, "state", 1, 2);
            store(tier, BOB, "state", 1, 2);
            DiskEntry entry = tier.match(ALICE, new int[] {1, 2}, 2).entry();
            byte[] bytes = Files.readAllBytes(entry.file());
            bytes[bytes.length - 7] ^= 1;
            Files.write(entry.file(), bytes);
            assertThat(load(tier, ALICE, 1, 2)).isNull();
            assertThat(load(tier, entry)).isNull();
            assertThat(load(tier, BOB, 1, 2)).isEqualTo("state");
            assertThat(entry.file()).doesNotExist();
            assertThat(tier.counts().damaged()).isEqualTo(1);
            assertThat(log.warnings())
                    .filteredOn(line -> line.contains("is damaged"))
                    .hasSize(1);
            assertThat(store(tier, ALICE, "state", 1, 2)).isTrue();
        }
    }

    @Test
    void load_fileThatIsGone_isNothing(@TempDir Path folder) throws IOException {
        try (DiskTier<String> tier = open(folder)) {
            store(tier, ALICE, "state", 1, 2);
            Files.delete(files(folder).get(0));
            assertThat(load(tier, ALICE, 1, 2)).isNull();
            assertThat(tier.entries()).isEmpty();
            assertThat(tier.counts().damaged()).isZero();
        }
    }

    @Test
    void open_damagedHeaders_areDeleted(@TempDir Path folder) throws IOException {
        try (DiskTier<String> tier = open(folder)) {
            for (int i = 0; i < 4; i++) {
                store(tier, ALICE, "state", i, 2);
            }
        }
        Files.write(files(folder).get(0), new byte[0]);
        Files.write(files(folder).get(1), new byte[4096]);
        Path third = files(folder).get(2);
        byte[] bytes = Files.readAllBytes(third);
        bytes[20] ^= 1;
        Files.write(third, bytes);
        try (DiskTier<String> tier = open(folder)) {
            assertThat(tier.entries()).hasSize(1);
            assertThat(files(folder)).hasSize(1);
            assertThat(tier.counts().damaged()).isEqualTo(3);
        }
    }
}
