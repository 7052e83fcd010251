package dev.tokapu.fuzz;

import dev.tokapu.testsupport.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The process that watches: starts {@link Worker}s, notes the case at which one died or hung, and goes on behind it.
 *
 * <p>Thread safety: for one thread.
 */
final class Fuzzer {

    private static final int POLL_MILLIS = 50;
    private static final int LAST_WORDS = 600;

    /** Targets that compute with two threads as well. */
    private static final Set<String> ON_TWO_PROCESSORS = Set.of("adapters", "files");

    /**
     * Whether files are loaded without the trial in a child first, which is three times as fast. A case that fails so is run
     * again with it; what happens then counts.
     */
    private static final boolean TRIAL_AFTER = Boolean.getBoolean("tokapu.fuzz.trialAfter");

    private static final String NO_TRIAL = "-Dtokapu.file.trial=none";

    private final String target;
    private final Path folder;
    private final long seed;
    private final long hangSeconds;

    Fuzzer(String target, Path folder, long seed, long hangSeconds) {
        this.target = target;
        this.folder = folder;
        this.seed = seed;
        this.hangSeconds = hangSeconds;
    }

    /** Runs the cases from {@code first} on; options are for the JVM. */
    Report run(long first, long count, String... options) {
        Report report = new Report(target + " (" + System.getProperty("tokapu.binding") + ", seed " + seed + ")");
        long next = first;
        try {
            while (next < first + count) {
                next = runWorker(next, first + count - next, report, TRIAL_AFTER, options);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        return report;
    }

    /** Runs one worker to its end, and says which case is next. */
    private long runWorker(long first, long count, Report report, boolean trialAfter, String... options)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Files.deleteIfExists(folder.resolve("state"));
        ChildJvm jvm = new ChildJvm(Worker.class)
                .option("-XX:ActiveProcessorCount=" + (ON_TWO_PROCESSORS.contains(target) ? 2 : 1))
                .option("-Xmx256m")
                .option("-XX:+UseSerialGC")
                .option("-XX:ErrorFile=" + folder.resolve("hs_err.log"));
        for (String option : options) {
            jvm.option(option);
        }
        if (trialAfter) {
            jvm.option(NO_TRIAL);
        }
        Path err = folder.resolve("err");
        Process process = jvm.start(
                folder.resolve("out"), err, List.of(target, folder.toString(), "" + seed, "" + first, "" + count));
        boolean hung;
        try {
            hung = hangs(process);
        } finally {
            process.destroyForcibly();
        }
        int exit = process.waitFor();
        long at = state().getLong(0);
        countWords(report);
        if (exit == 0 && !hung) {
            return first + count;
        }
        if (trialAfter) {
            report.again();
            return runWorker(Math.max(at, first), 1, report, false, options);
        }
        String text = Files.readString(err);
        String fault = "case " + at + (hung ? " hangs" : " ends with " + exit) + ": "
                + text.substring(0, Math.min(text.length(), LAST_WORDS)).strip();
        report.fault(fault);
        System.out.println(fault);
        return Math.max(at, first) + 1;
    }

    private boolean hangs(Process process) throws IOException, InterruptedException {
        long last = -1;
        long since = System.nanoTime();
        while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            long at = state().getLong(0);
            if (at != last) {
                last = at;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(hangSeconds)) {
                return true;
            }
        }
        return false;
    }

    private void countWords(Report report) throws IOException {
        ByteBuffer state = state();
        int slot = 1;
        for (String word : Files.readAllLines(folder.resolve("words"))) {
            report.count(word, state.getLong(8 * slot));
            slot = Math.min(slot + 1, Worker.SLOTS - 1);
        }
    }

    private ByteBuffer state() throws IOException {
        Path file = folder.resolve("state");
        byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        return ByteBuffer.wrap(bytes.length == 8 * Worker.SLOTS ? bytes : new byte[8 * Worker.SLOTS]);
    }
}
