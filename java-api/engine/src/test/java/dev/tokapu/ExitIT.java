package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tokapu.testsupport.ChildJvm;
import dev.tokapu.testsupport.StubLibraries;
import dev.tokapu.testsupport.Thorough;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The JVM ends while native code runs: with its own status and at once. A library that sleeps at the very end gives the threads
 * that still compute a second to use something that is gone.
 */
@Tag("checkout") // compiles C
class ExitIT {

    @TempDir
    static Path folder;

    private static Path lateExit;

    @BeforeAll
    static void compile() {
        lateExit = StubLibraries.lateExit(folder);
    }

    private static void check(String work, String end, int status) {
        ChildJvm.Result result = new ChildJvm(ExitChild.class)
                .option("-XX:ErrorFile=" + folder.resolve("hs_err_%p.log"))
                .run(lateExit.toString(), work, end);
        assertThat(result.exit()).as(result.out() + result.err()).isEqualTo(status);
        assertThat(result.err()).doesNotContain("Exception", "SIG");
        assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith("hs_err"));
    }

    static List<Arguments> ends() {
        return Thorough.some(
                List.of(
                        arguments("decode", "exit", 3),
                        arguments("decode", "halt", 3),
                        arguments("decode", "sigterm", 143),
                        arguments("decode", "return", 0),
                        arguments("template", "exit", 3),
                        arguments("tokenize", "exit", 3),
                        arguments("load", "exit", 3),
                        arguments("template", "sigterm", 143),
                        arguments("engine", "sigterm", 143),
                        arguments("engine", "exit", 3)),
                8,
                4);
    }

    @ParameterizedTest
    @MethodSource("ends")
    void jvmEnds_duringANativeCall_keepsItsStatus(String work, String end, int status) {
        check(work, end, status);
    }

    @ParameterizedTest
    @CsvSource({"sampler", "progress"})
    void exit_withinACallback_endsTheJvm(String work) {
        check(work, "callback", 3);
    }
}
