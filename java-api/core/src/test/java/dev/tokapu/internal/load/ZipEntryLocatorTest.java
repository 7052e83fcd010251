package dev.tokapu.internal.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.testsupport.ZipFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipEntryLocatorTest {

    private static final byte[] CONTENT = "the content of the entry".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    static byte[] zip(String entry, byte[] content, boolean stored, int others, String comment) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setComment(comment);
            for (int i = 0; i < others; i++) {
                zip.putNextEntry(new ZipEntry("other" + i));
            }
            ZipEntry header = ZipFiles.entry(entry, content, stored);
            header.setExtra(new byte[] {1, 2, 3, 0, 9, 9, 9});
            zip.putNextEntry(header);
            zip.write(content);
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }

    private Optional<ZipEntryLocator.Entry> find(Path file, String name) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return new ZipEntryLocator(channel, 0, channel.size()).find(name);
        }
    }

    private static void assertContentAt(Path file, ZipEntryLocator.Entry entry) throws IOException {
        byte[] all = Files.readAllBytes(file);
        int offset = (int) entry.offset();
        assertThat(Arrays.copyOfRange(all, offset, offset + (int) entry.size())).isEqualTo(CONTENT);
    }

    @Test
    void find_storedEntry_givesItsBytes() throws IOException {
        Path file = Files.write(folder.resolve("a.zip"), zip("dir/ä.bin", CONTENT, true, 3, "a comment"));
        ZipEntryLocator.Entry entry = find(file, "dir/ä.bin").orElseThrow();
        assertThat(entry.stored()).isTrue();
        assertContentAt(file, entry);
    }

    @Test
    void find_deflatedEntry_isNotStored() throws IOException {
        Path file = Files.write(folder.resolve("a.zip"), zip("e", CONTENT, false, 0, ""));
        ZipEntryLocator.Entry entry = find(file, "e").orElseThrow();
        assertThat(entry.stored()).isFalse();
        assertThat(entry.size()).isEqualTo(CONTENT.length);
    }

    @Test
    void find_otherName_isEmpty() throws IOException {
        Path file = Files.write(folder.resolve("a.zip"), zip("e", CONTENT, true, 2, ""));
        assertThat(find(file, "f")).isEmpty();
    }

    @Test
    void find_bytesBeforeZip_givesItsBytes() throws IOException {
        Path file = folder.resolve("a.sh");
        Files.write(file, "#!/bin/sh\nexec java -jar $0\n".getBytes(StandardCharsets.UTF_8));
        Files.write(file, zip("e", CONTENT, true, 2, ""), java.nio.file.StandardOpenOption.APPEND);
        assertContentAt(file, find(file, "e").orElseThrow());
    }

    @Test
    void find_zip64_givesItsBytes() throws IOException {
        Path file = Files.write(folder.resolve("many.zip"), zip("e", CONTENT, true, 66_000, ""));
        assertContentAt(file, find(file, "e").orElseThrow());
    }

    @Test
    void find_zipWithinZip_givesItsBytes() throws IOException {
        Path file = Files.write(
                folder.resolve("outer.jar"), zip("lib/inner.jar", zip("e", CONTENT, true, 1, ""), true, 1, ""));
        try (FileChannel channel = FileChannel.open(file)) {
            ZipEntryLocator.Entry inner = new ZipEntryLocator(channel, 0, channel.size())
                    .find("lib/inner.jar")
                    .orElseThrow();
            ZipEntryLocator.Entry entry = new ZipEntryLocator(channel, inner.offset(), inner.size())
                    .find("e")
                    .orElseThrow();
            assertContentAt(file, entry);
        }
    }

    @Test
    void find_noZip_throws() throws IOException {
        Path file = Files.write(folder.resolve("a.zip"), new byte[100]);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> find(file, "e"))
                .withMessageContaining("no zip");
    }

    @Test
    void find_truncatedZip_throws() throws IOException {
        byte[] whole = zip("e", CONTENT, true, 3, "");
        Path file = Files.write(folder.resolve("a.zip"), Arrays.copyOf(whole, whole.length - 10));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> find(file, "e"));
    }
}
