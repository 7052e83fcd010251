package dev.tokapu.engine.disk;

import static dev.tokapu.engine.disk.DiskFixture.ADAPTERS;
import static dev.tokapu.engine.disk.DiskFixture.ALICE;
import static dev.tokapu.engine.disk.DiskFixture.KEY;
import static dev.tokapu.engine.disk.DiskFixture.PLENTY;
import static dev.tokapu.engine.disk.DiskFixture.files;
import static dev.tokapu.engine.disk.DiskFixture.list;
import static dev.tokapu.engine.disk.DiskFixture.load;
import static dev.tokapu.engine.disk.DiskFixture.names;
import static dev.tokapu.engine.disk.DiskFixture.open;
import static dev.tokapu.engine.disk.DiskFixture.store;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.disk.DiskFixture.Texts;
import dev.tokapu.testsupport.ChildJvm;
import dev.tokapu.testsupport.LogCapture;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on disk is counted and logged, and everything goes on. */
class DiskFailureTest {

    private static final String CANNOT_WRITE = "cannot write";

    @TempDir
    Path folder;

    /** Fails in the middle of a state as long as it is told to. */
    private static final class Failing extends Texts {

        private volatile boolean full = true;
        private volatile boolean unreadable;

        @Override
        public void write(String state, OutputStream out) throws IOException {
            super.write(state, out);
            out.write(new byte[1 << 20]);
            if (full) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public String read(InputStream in) throws IOException {
            if (unreadable) {
                throw new OutOfMemoryError("no memory for a state");
            }
            String state = super.read(in);
            in.readAllBytes();
            return state;
        }
    }

    private final Failing format = new Failing();

    private static long warnings(LogCapture log) {
        return log.warnings().stream()
                .filter(line -> line.contains(CANNOT_WRITE))
                .count();
    }

    @Test
    void store_fullDisk_leavesNothingAndIsLoggedOnceUntilItWorksAgain() throws IOException {
        try (LogCapture log = LogCapture.start();
                DiskTier<String> tier = open(folder, PLENTY, format)) {
            for (int i = 0; i < 3; i++) {
                assertThat(store(tier, ALICE, "state", i)).isTrue();
            }
            assertThat(names(folder)).containsExactly(".tokapu-lock");
            assertThat(tier.bytes()).isZero();
            assertThat(tier.counts()).isEqualTo(new DiskCounts(0, 0, 0, 0, 3));
            assertThat(warnings(log)).isEqualTo(1);
            format.full = false;
            store(tier, ALICE, "state", 4);
            assertThat(load(tier, ALICE, 4)).isEqualTo("state");
            format.full = true;
            store(tier, ALICE, "state", 5);
            assertThat(warnings(log)).isEqualTo(2);
        }
    }

    /** The kernel's own refusal, of a process whose files must not become large. */
    @Test
    void store_moreThanTheSystemAllows_goesOnWithWhatIsSmaller() throws IOException {
        Path cache = folder.resolve("cache");
        ChildJvm.Result result = new ChildJvm(DiskFullChild.class)
                .through("sh", "-c", "ulimit -f 256; exec \"$@\"", "sh")
                .run(cache.toString());
        assertThat(result.out().strip())
                .as(result.err())
                .endsWith("DiskCounts[written=2, loaded=2, evicted=0, damaged=0, failedWrites=1]");
        assertThat(names(cache)).hasSize(3);
    }

    @Test
    void store_aMomentAfterAFailure_isRefused() throws IOException {
        Duration day = Duration.ofDays(1);
        try (DiskTier<String> tier = DiskTier.open(folder, PLENTY, KEY, ADAPTERS, false, format, "test", day)) {
            assertThat(store(tier, ALICE, "state", 1)).isTrue();
            assertThat(store(tier, ALICE, "state", 2)).isFalse();
            assertThat(tier.counts().failedWrites()).isEqualTo(1);
        }
    }

    @Test
    void load_withoutMemory_isNothingAndKeepsTheFile() throws IOException {
        format.full = false;
        try (LogCapture log = LogCapture.start();
                DiskTier<String> tier = open(folder, PLENTY, format)) {
            store(tier, ALICE, "state", 1);
            format.unreadable = true;
            assertThat(load(tier, ALICE, 1)).isNull();
            assertThat(files(folder)).hasSize(1);
            assertThat(log.warnings()).singleElement().asString().contains("cannot be read");
            format.unreadable = false;
            assertThat(load(tier, ALICE, 1)).isEqualTo("state");
        }
    }

    @Test
    void callbackThatThrows_isLoggedAndTheThreadGoesOn() throws IOException {
        try (LogCapture log = LogCapture.start();
                DiskTier<String> tier = open(folder)) {
            tier.store(ALICE, list(1), 1, "state", state -> {
                throw new IllegalStateException("of the caller");
            });
            store(tier, ALICE, "state", 2);
            tier.load(tier.entries().get(0), state -> {
                throw new IllegalStateException("of the caller");
            });
            assertThat(load(tier, ALICE, 2)).isEqualTo("state");
            assertThat(log.warnings())
                    .filteredOn(line -> line.contains("callback"))
                    .hasSize(2);
        }
    }
}
