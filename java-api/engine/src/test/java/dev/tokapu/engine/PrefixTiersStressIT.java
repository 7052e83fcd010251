package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.TestModels;
import dev.tokapu.engine.StressCounts.Count;
import dev.tokapu.testsupport.ChildJvm;
import dev.tokapu.testsupport.Thorough;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tenants under random load on engines with all tiers of the prefix cache, one process after the other with the same directory; most of
 * them are killed. {@code -Dtokapu.stress.prefix.requests} for more requests, {@code -Dtokapu.stress.prefix.seed} for others.
 */
class PrefixTiersStressIT {

    private static final int REQUESTS =
            Integer.getInteger("tokapu.stress.prefix.requests", Thorough.cases(100_000, 800, 500));
    private static final long SEED = Long.getLong("tokapu.stress.prefix.seed", 18);
    private static final int LONGEST_LIFE = REQUESTS >= 10_000 ? 2000 : 400;
    private static final int MOST_DAMAGED = 12;
    private static final int MOST_PREEMPTIONS = 1; // for each request; usual is 0.01
    private static final long PATIENCE_NANOS = 200_000_000_000L; // less than the process has itself
    private static final int MOST_SHOWN = 40_000; // characters

    @TempDir
    private Path folder;

    private final StressCounts counts = new StressCounts();
    private final Random random = new Random(SEED);
    private int kills;

    /** How a process ends. */
    private enum End {
        /** It is killed at work. */
        KILLED,

        /** It is killed soon after it was started. */
        KILLED_EARLY,

        /** It is killed while the engine is closed. */
        KILLED_CLOSING,

        /** All requests end, then the engine is closed. */
        CLOSED,

        /** The engine is closed while requests run. */
        CLOSED_BUSY;

        static End any(Random random) {
            End[] ends = {KILLED, KILLED, KILLED, KILLED, KILLED_EARLY, KILLED_CLOSING, CLOSED, CLOSED_BUSY};
            return ends[random.nextInt(ends.length)];
        }
    }

    @Test
    void killedProcesses_thatTenantsAndAttackersUse_giveNothingAwayAndAnswerRight() throws Exception {
        StressDirectory directory = new StressDirectory(PrefixStressChild.directory(folder));
        int life = 0;
        for (long left = REQUESTS; left > 0; left = REQUESTS - counts.get(Count.REQUESTS)) {
            long most = Math.min(left, 100 + random.nextInt(LONGEST_LIFE));
            End end = most == left ? End.CLOSED : life == 0 ? End.KILLED : End.any(random);
            live(life, most, end);
            assertThat(directory.bytes()).isLessThanOrEqualTo(PrefixStressChild.DISK_BYTES);
            assertThat(directory.accepted()).as("seed %d, life %d", SEED, life).isEmpty();
            for (int i = random.nextInt(MOST_DAMAGED); i > 0; i--) {
                directory.damage(random);
            }
            life++;
        }
        System.out.println(life + " lives, " + kills + " kills, " + directory.damaged() + " files damaged, " + counts);
        assertThat(counts.get(Count.ATTACKS)).isPositive();
        assertThat(counts.get(Count.RESTORED_TOKENS)).isPositive();
        assertThat(counts.get(Count.PREEMPTIONS)).isLessThan(MOST_PREEMPTIONS * counts.get(Count.REQUESTS));
    }

    private void live(int life, long most, End end) throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        boolean runsOn = end == End.KILLED || end == End.KILLED_EARLY;
        Process process = new ChildJvm(PrefixStressChild.class)
                .option("-Djava.io.tmpdir=" + folder)
                .start(
                        out,
                        err,
                        List.of(
                                TestModels.tinyFile().toString(),
                                folder.toString(),
                                "" + SEED,
                                "" + life,
                                "" + (runsOn ? Integer.MAX_VALUE : most),
                                "" + (end == End.CLOSED_BUSY)));
        try {
            String what = end + " life " + life + " of seed " + SEED;
            switch (end) {
                case KILLED -> {
                    await(process, what, () -> counts(out).get(Count.REQUESTS) >= most);
                    TimeUnit.MICROSECONDS.sleep(random.nextInt(50_000));
                }
                case KILLED_EARLY -> TimeUnit.MILLISECONDS.sleep(random.nextInt(2000));
                case KILLED_CLOSING -> {
                    await(process, what, () -> Files.readString(out).contains(PrefixStressChild.CLOSING));
                    TimeUnit.MICROSECONDS.sleep(random.nextInt(50_000));
                }
                default -> await(process, what, () -> false);
            }
            boolean diedAlone = !process.isAlive() && process.exitValue() != 0;
            assertThat(diedAlone).as(what + ": " + Files.readString(err)).isFalse();
            kills += process.isAlive() ? 1 : 0;
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(err).as("%s life %d", end, life).isEmptyFile();
        counts.addAll(counts(out).toString());
    }

    private interface Condition {
        boolean isTrue() throws IOException;
    }

    private void await(Process process, String what, Condition condition) throws Exception {
        long printed = 0;
        long since = System.nanoTime();
        while (!condition.isTrue()) {
            if (!process.isAlive()) {
                return; // its exit status says why
            }
            long size = Files.size(folder.resolve("out"));
            since = size == printed ? since : System.nanoTime();
            printed = size;
            if (System.nanoTime() - since > PATIENCE_NANOS) {
                throw new AssertionError(what + " hangs: " + threads(process));
            }
            Thread.sleep(2);
        }
    }

    /** What a process does, and what it has printed before. */
    private String threads(Process process) throws Exception {
        new ProcessBuilder("kill", "-QUIT", String.valueOf(process.pid()))
                .start()
                .waitFor();
        Thread.sleep(2000);
        String out = Files.readString(folder.resolve("out"));
        return out.substring(Math.max(0, out.length() - MOST_SHOWN));
    }

    /** The latest counts that a process printed. */
    private static StressCounts counts(Path out) throws IOException {
        String text = Files.readString(out);
        StressCounts counts = new StressCounts();
        text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith(Count.REQUESTS + "="))
                .reduce((first, second) -> second)
                .ifPresent(counts::addAll);
        return counts;
    }
}
