package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {

    @TempDir
    private Path folder;

    private static void assertRefused(Path file, String reason) {
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> OutputFile.check(file))
                .withMessageStartingWith(file + " cannot be written: ")
                .withMessageContaining(reason);
    }

    @Test
    void check_whatCanBeWritten_passes() throws IOException {
        Path file = folder.resolve("file");
        assertThatCode(() -> OutputFile.check(file)).doesNotThrowAnyException();
        Files.writeString(file, "before");
        assertThatCode(() -> OutputFile.check(file)).doesNotThrowAnyException();
    }

    @Test
    void check_folderOrNowhere_saysWhatToDo() {
        assertRefused(folder, "it is a folder");
        assertRefused(folder.resolve("none/file"), "there is no folder " + folder.resolve("none"));
    }

    @Test
    void check_devicesAndLinks_areLeftToTheWriting() throws IOException {
        OutputFile.check(Path.of("/dev/null"));
        OutputFile.check(Files.createSymbolicLink(folder.resolve("link"), Path.of("none")));
    }
}
