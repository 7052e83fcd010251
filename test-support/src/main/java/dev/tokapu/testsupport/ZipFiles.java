package dev.tokapu.testsupport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Zip and jar files with entries that are compressed or stored as they are.
 *
 * <p>Thread safety: safe for any number of threads.
 */
public final class ZipFiles {

    private ZipFiles() {}

    /** The header of an entry; one that is stored has to tell size and checksum in advance. */
    public static ZipEntry entry(String name, byte[] content, boolean stored) {
        ZipEntry header = new ZipEntry(name);
        if (stored) {
            CRC32 crc = new CRC32();
            crc.update(content);
            header.setMethod(ZipEntry.STORED);
            header.setSize(content.length);
            header.setCrc(crc.getValue());
        }
        return header;
    }

    /** A file with these entries. Folders, whose names end with a slash, and jars are stored in any case. */
    public static byte[] of(Map<String, byte[]> entries, boolean stored) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                String name = entry.getKey();
                zip.putNextEntry(entry(name, entry.getValue(), stored || name.endsWith("/") || name.endsWith(".jar")));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Writes a file with one entry and returns its path. */
    public static Path write(Path file, String name, byte[] content, boolean stored) {
        try {
            return Files.write(file, of(Map.of(name, content), stored));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
