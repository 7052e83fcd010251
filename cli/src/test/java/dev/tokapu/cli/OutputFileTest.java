package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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

    /** Files are replaced by what is written beside them. */
    @Test
    void check_fileInAReadOnlyFolder_isRefusedBeforeItIsComputed() throws IOException {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Path file = Files.writeString(closed.resolve("file"), "before");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            if (Files.isWritable(closed)) { // root may write everywhere
                OutputFile.check(link);
                return;
            }
            assertRefused(file, "its folder is read-only");
            assertRefused(link, "its folder is read-only");
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }
}
