package dev.tokapu.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * What the content of a file is to be: its SHA-256, or for small files in a git repository the id of their blob.
 *
 * @param hex the hexadecimal digits, 64 or 40
 */
record Checksum(String hex) {

    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{64}|[0-9a-f]{40}");
    private static final int SHA256_DIGITS = 64;
    private static final int BUFFER = 1 << 20;

    Checksum {
        hex = hex.toLowerCase(Locale.ROOT);
        if (!DIGITS.matcher(hex).matches()) {
            throw new IllegalArgumentException("'" + hex + "' is no SHA-256 and no git id");
        }
    }

    static boolean isOne(String text) {
        return DIGITS.matcher(text.toLowerCase(Locale.ROOT)).matches();
    }

    boolean isSha256() {
        return hex.length() == SHA256_DIGITS;
    }

    /** The checksum of the same kind that a file has. */
    String of(Path file, LongConsumer progress) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MessageDigest digest = MessageDigest.getInstance(isSha256() ? "SHA-256" : "SHA-1");
            if (!isSha256()) {
                digest.update(("blob " + channel.size() + '\0').getBytes(StandardCharsets.US_ASCII));
            }
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            long done = 0;
            while (channel.read(buffer.clear()) >= 0) {
                done += buffer.flip().remaining();
                digest.update(buffer);
                progress.accept(done);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has both
        }
    }
}
