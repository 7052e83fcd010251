package dev.tokapu.internal.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices are made in the folder of the test: never the machine's own, which a mistake would take away from all. */
class AtomicFileTest {

    @TempDir
    Path folder;

    private static void save(Path file, String text) throws IOException {
        AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }

    /**
     * A device of memory with this minor number. It is assumed and not asserted that one can be made: the kernel lets only root do it,
     * and root only outside of most containers. There {@link #write_pipe_isReadAtItsOtherEnd} tests the same branch, that of files that are
     * not regular.
     */
    private Path device(String name, int minor) throws IOException, InterruptedException {
        Path device = folder.resolve(name);
        assumeTrue(run("mknod", device.toString(), "c", "1", Integer.toString(minor)) == 0, "may not make devices");
        return device;
    }

    private void assertOnly(String... names) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName()))).containsExactlyInAnyOrder(names);
        }
    }

    @Test
    void write_device_isWrittenToAndStays() throws Exception {
        Path device = device("nothing", 3);
        save(device, "text");
        assertThat(Files.readAttributes(device, "unix:rdev")).containsEntry("rdev", 0x103L);
        assertOnly("nothing");
    }

    @Test
    void write_linkToDevice_isWrittenToAndStays() throws Exception {
        device("full", 7);
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("full"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> save(link, "text"));
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertOnly("full", "link");
    }

    @Test
    void write_pipe_isReadAtItsOtherEnd() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(run("mkfifo", pipe.toString())).isZero();
        CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.readString(pipe);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        save(pipe, "through the pipe");
        assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo("through the pipe");
        assertThat(Files.isRegularFile(pipe)).isFalse();
        assertOnly("pipe");
    }

    @Test
    void write_link_replacesTheFileThatItNames() throws IOException {
        Path deep = Files.createDirectories(folder.resolve("deep"));
        Path file = Files.writeString(deep.resolve("file"), "before, and longer");
        Files.createSymbolicLink(deep.resolve("second"), Path.of("file"));
        Path link = Files.createSymbolicLink(folder.resolve("first"), Path.of("deep/second"));
        save(link, "after");
        assertThat(file).hasContent("after").isRegularFile();
        assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("deep/second"));
        assertOnly("deep", "first");
    }

    @Test
    void write_linkToNothing_makesTheFileThatItNames() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
        save(link, "text");
        assertThat(folder.resolve("file")).hasContent("text");
        assertThat(Files.isSymbolicLink(link)).isTrue();
    }

    @Test
    void write_linkToItself_isRefused() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("link"));
        assertThatExceptionOfType(FileSystemLoopException.class).isThrownBy(() -> save(link, "text"));
    }

    @Test
    void write_directoryOrLinkToOne_isRefused() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("directory"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("directory"));
        for (Path path : new Path[] {directory, link, Path.of("/")}) {
            assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> save(path, "text"))
                    .withMessageContaining("is a directory");
        }
        assertOnly("directory", "link");
    }

    @Test
    void write_folderMissing_isNamed() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> save(folder.resolve("no/file"), "text"))
                .withMessage(folder.resolve("no") + ": is no folder; create it first");
    }

    @Test
    void write_fileThatExists_keepsItsPermissions() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "before");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        save(file, "after");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-rw-r--");
        assertThat(file).hasContent("after");
    }

    @Test
    void write_newFile_isPrivate() throws IOException {
        Path file = folder.resolve("x".repeat(255));
        save(file, "text");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(file).hasContent("text");
    }

    @Test
    void write_fileThatMayNotBeWritten_isRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "before");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        if (Files.isWritable(file)) {
            // Root may write everything.
            save(file, "after");
            assertThat(file).hasContent("after");
            return;
        }
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> save(file, "after"))
                .withMessageContaining("check its permissions");
        assertThat(file).hasContent("before");
    }

    @Test
    void write_contentFails_leavesTheFileAsItWas() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "before");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> AtomicFile.write(file, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("full");
                }));
        assertThat(file).hasContent("before");
        assertOnly("file");
    }
}
