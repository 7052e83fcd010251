package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {

    @TempDir
    private Path folder;

    private static void refused(Path file, String reason) {
        assertThatThrownBy(() -> TextFile.read(file))
                .isInstanceOf(CliException.class)
                .hasMessage(file + reason);
    }

    @Test
    void read_whatIsNoText_saysWhy() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "ä");
        assertThat(TextFile.read(text)).isEqualTo("ä");
        refused(folder, " is a folder; name a file of text");
        refused(folder.resolve("none"), " does not exist");
        refused(
                Files.write(folder.resolve("latin1"), "ä".getBytes(StandardCharsets.ISO_8859_1)),
                " is not UTF-8; convert it, with iconv for example");
    }

    @Test
    void read_largerThanAnArray_isRefused() throws IOException {
        Path large = folder.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(3L << 30); // a hole
        }
        refused(large, " has 3.00 GiB; a text may have 2 GiB, use a part of it");
    }
}
