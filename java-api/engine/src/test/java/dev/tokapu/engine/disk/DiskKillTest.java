package dev.tokapu.engine.disk;

import static dev.tokapu.engine.disk.DiskFixture.files;
import static dev.tokapu.engine.disk.DiskFixture.load;
import static dev.tokapu.engine.disk.DiskFixture.names;
import static dev.tokapu.engine.disk.DiskFixture.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.tokapu.testsupport.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process is killed at any moment. */
class DiskKillTest {

    private static final int KILLS = 5;
    private static final long PATIENCE_NANOS = 120_000_000_000L;

    @TempDir
    Path folder;

    @Test
    void killedProcess_leavesWholeEntriesAlone() throws Exception {
        Path cache = folder.resolve("cache");
        SplittableRandom random = new SplittableRandom(18);
        for (int kill = 0; kill < KILLS; kill++) {
            int before = Files.exists(cache) ? files(cache).size() : 0;
            Process process = new ChildJvm(DiskKillChild.class)
                    .start(folder.resolve("out"), folder.resolve("err"), List.of(cache.toString(), "" + kill));
            try {
                awaitWrites(process, cache, before);
                assertThatIOException()
                        .isThrownBy(() -> open(cache))
                        .withMessageContaining("is used by another engine");
                awaitWrites(process, cache, before);
                TimeUnit.MICROSECONDS.sleep(random.nextInt(10_000));
            } finally {
                process.destroyForcibly().waitFor();
            }
            check(cache);
        }
    }

    private static boolean isWriting(Path cache) throws IOException {
        return names(cache).stream().anyMatch(name -> name.endsWith(".part"));
    }

    private void awaitWrites(Process process, Path cache, int before) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        while (!Files.exists(cache) || files(cache).size() <= before || !isWriting(cache)) {
            assertThat(process.isAlive())
                    .as(Files.readString(folder.resolve("err")))
                    .isTrue();
            assertThat(System.nanoTime() - begin).isLessThan(PATIENCE_NANOS);
            Thread.sleep(1);
        }
    }

    /** All that is there is loaded as it was stored, and nothing else is there. */
    private static void check(Path cache) throws IOException {
        try (DiskTier<String> tier = open(cache)) {
            List<DiskEntry> entries = tier.entries();
            assertThat(entries).isNotEmpty();
            for (DiskEntry entry : entries) {
                String expected = DiskKillChild.state(
                        entry.scope().tenant(), entry.tokens().toArray());
                assertThat(expected.equals(load(tier, entry))).isTrue();
            }
            assertThat(tier.counts().damaged()).isZero();
            assertThat(names(cache)).hasSize(1 + entries.size()).contains(".tokapu-lock");
            tier.remove(entries.get(0).serial());
        }
    }
}
