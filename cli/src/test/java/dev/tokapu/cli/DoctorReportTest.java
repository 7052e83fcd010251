package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorReportTest {

    @Test
    void toString_allWell_saysSo() {
        DoctorReport report = new DoctorReport();
        report.section("CPU", List.of("haswell  chosen", "x64"));
        assertThat(report).hasToString("""
                CPU         haswell  chosen
                            x64

                Everything that Tokapu needs is here.
                """);
        assertThat(report.exitCode()).isZero();
    }

    @Test
    void toString_problem_endsWithWhatToDo() {
        DoctorReport report = new DoctorReport();
        report.problem(ExitCode.NATIVE, "There are no native libraries.", "Build them.");
        report.hint("Add the model.");
        assertThat(report.toString())
                .endsWith(
                        "PROBLEM     There are no native libraries.\nTo do       Build them.\nTo do       Add the model.\n");
        assertThat(report.exitCode()).isEqualTo(ExitCode.NATIVE);
    }

    @Test
    void json_problem_isNotOk() {
        DoctorReport report = new DoctorReport();
        report.put("java", "25");
        report.problem(ExitCode.NATIVE, "gone", "build");
        assertThat(report.json())
                .isEqualTo("{\"ok\":false,\"java\":\"25\",\"problems\":[\"gone\"],\"advice\":[\"build\"]}");
    }
}
