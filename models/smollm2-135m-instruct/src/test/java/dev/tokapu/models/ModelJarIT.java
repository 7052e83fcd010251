package dev.tokapu.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The jar of the default model: its GGUF can be mapped where it lies, and is the pinned file. */
class ModelJarIT {

    private static final Path JAR = Path.of(System.getProperty("model.jar"));
    private static final String ENTRY = System.getProperty("gguf.entry");
    private static final String SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
    private static final int PAGE = 4096;

    @Test
    void gguf_inJar_isStoredUncompressed() throws IOException {
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            assertThat(jar.getEntry(ENTRY).getMethod()).isEqualTo(ZipEntry.STORED);
            assertThat(jar.getEntry(ENTRY).getSize())
                    .isEqualTo(jar.getEntry(ENTRY).getCompressedSize());
        }
    }

    @Test
    void gguf_inJar_beginsAtAPage() throws IOException {
        long offset = dataOffset();

        assertThat(offset % PAGE).isZero();
        try (FileChannel channel = FileChannel.open(JAR)) {
            ByteBuffer magic = ByteBuffer.allocate(4);
            channel.read(magic, offset);
            assertThat(new String(magic.array(), StandardCharsets.US_ASCII)).isEqualTo("GGUF");
        }
    }

    @Test
    void gguf_inJar_isThePinnedModel() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (ZipFile jar = new ZipFile(JAR.toFile());
                var input = jar.getInputStream(jar.getEntry(ENTRY))) {
            byte[] buffer = new byte[1 << 20];
            for (int n = input.read(buffer); n >= 0; n = input.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(SHA256);
    }

    @Test
    void license_inJar_isThere() throws IOException {
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
            assertThat(jar.getEntry("META-INF/NOTICE")).isNotNull();
        }
    }

    /** Reads the entry's local header: java.util.zip does not tell where the bytes begin. */
    private static long dataOffset() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(JAR.toFile(), "r")) {
            byte[] name = ENTRY.getBytes(StandardCharsets.UTF_8);
            long at = 0;
            while (true) {
                ByteBuffer header = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
                file.seek(at);
                file.readFully(header.array());
                assertThat(header.getInt(0))
                        .as("signature of the local header at %d", at)
                        .isEqualTo(0x04034b50);
                int nameLength = Short.toUnsignedInt(header.getShort(26));
                int extraLength = Short.toUnsignedInt(header.getShort(28));
                byte[] found = new byte[nameLength];
                file.readFully(found);
                long data = at + 30 + nameLength + extraLength;
                if (Arrays.equals(found, name)) {
                    return data;
                }
                at = data + Integer.toUnsignedLong(header.getInt(18));
            }
        }
    }
}
