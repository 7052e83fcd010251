package dev.tokapu.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the watcher must notice, shown with targets that do it on purpose. */
@Tag("ffm")
class FuzzerIT {

    @TempDir
    Path folder;

    @Test
    void deathsAndHangs_areFaults_andTheRestIsTried() {
        Report report = new Fuzzer("faulty", folder, 3, 20).run(0, 12);
        assertThat(report.faults()).hasSize(3);
        assertThat(report.faults().get(0)).startsWith("case 2 ends with 134");
        assertThat(report.faults().get(1)).startsWith("case 5 ends with 1").contains("StackOverflowError");
        assertThat(report.faults().get(2)).startsWith("case 8 hangs");
        assertThat(report.cases()).isEqualTo(12);
    }
}
