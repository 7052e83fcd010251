package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.exception.NativeLibraryException;
import dev.tokapu.exception.ToolLimitException;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class FailuresTest {

    private final FakeConsole fake = new FakeConsole("");

    @Test
    void exitCode_eachKindOfFailure_hasItsOwn() {
        assertThat(Failures.exitCode(new CliException(77, ""))).isEqualTo(77);
        assertThat(Failures.exitCode(new ModelLoadException("m", "r"))).isEqualTo(ExitCode.MODEL);
        assertThat(Failures.exitCode(new NativeLibraryException("n"))).isEqualTo(ExitCode.NATIVE);
        assertThat(Failures.exitCode(new UnsatisfiedLinkError("n"))).isEqualTo(ExitCode.NATIVE);
        assertThat(Failures.exitCode(new ContextOverflowException(10, 5))).isEqualTo(ExitCode.PROMPT);
        assertThat(Failures.exitCode(new DeviceMemoryException("m"))).isEqualTo(ExitCode.MEMORY);
        assertThat(Failures.exitCode(new ToolLimitException("t"))).isEqualTo(ExitCode.TOOL_LIMIT);
        assertThat(Failures.exitCode(new CancellationException())).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(Failures.exitCode(new IllegalArgumentException())).isEqualTo(ExitCode.USAGE);
        assertThat(Failures.exitCode(new OutOfMemoryError())).isEqualTo(ExitCode.INTERNAL);
    }

    @Test
    void report_internalError_pointsToVerbose() {
        assertThat(Failures.report(fake.console, new IllegalStateException("odd")))
                .isEqualTo(ExitCode.INTERNAL);
        assertThat(fake.err())
                .contains("IllegalStateException: odd", "--verbose")
                .doesNotContain("\tat ");
    }

    @Test
    void report_readerWentAway_isQuiet() {
        Throwable gone = new Console.OutputClosedException(new IOException("Broken pipe"));
        assertThat(Failures.report(fake.console, gone)).isEqualTo(ExitCode.OUTPUT_CLOSED);
        assertThat(fake.err()).isEmpty();
    }

    @Test
    void report_outOfMemory_namesTheOptions() {
        assertThat(Failures.report(fake.console, new DeviceMemoryException("CUDA0 is full")))
                .isEqualTo(ExitCode.MEMORY);
        assertThat(fake.err()).contains("CUDA0 is full", "--fit", "--gpu-layers", "--ctx");
    }

    @Test
    void report_promptTooLong_namesTheOption() {
        assertThat(Failures.report(fake.console, new ContextOverflowException(10, 5)))
                .isEqualTo(ExitCode.PROMPT);
        assertThat(fake.err()).contains("10", "5", "--ctx");
    }
}
