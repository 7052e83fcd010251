package dev.tokapu.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Thorough;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random cases of each target, each in a process that may die: none does, none hangs, and none throws what a caller should not
 * get. Few cases here; CONTRIBUTING.md says how to run many, or one again. {@code tokapu.fuzz.TARGET} is the number of cases,
 * {@code tokapu.fuzz.first} the number of the first one.
 */
class FuzzIT {

    private static final long SEED = Long.getLong("tokapu.fuzz.seed", 1);
    private static final long FIRST = Long.getLong("tokapu.fuzz.first", 0);

    /** For hangs alone: on a busy machine a case may take its time. */
    private static final long HANG_SECONDS = Long.getLong("tokapu.fuzz.hang", 120);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"adapters, 100", "answers, 60", "files, 100", "texts, 100", "templates, 150", "calls, 40"})
    void randomCases_endNoProcess(String target, int count) {
        long cases = Long.getLong("tokapu.fuzz." + target, Thorough.cases(count, count / 2, count / 4));
        Report report = new Fuzzer(target, folder, SEED, HANG_SECONDS).run(FIRST, cases);
        System.out.println(report);
        assertThat(report.faults()).as(report.toString()).isEmpty();
        assertThat(report.cases()).isGreaterThanOrEqualTo(cases);
    }
}
