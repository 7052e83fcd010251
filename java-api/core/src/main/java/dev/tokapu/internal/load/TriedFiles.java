package dev.tokapu.internal.load;

import dev.tokapu.internal.util.AtomicFile;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.library.CacheDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model files that were tried on this machine and found sound: small files in the cache folder, each with the latest keys that
 * begin with the same two digits.
 *
 * <p>Thread safety: safe, also between processes: at worst a file is tried again.
 */
public final class TriedFiles {

    private static final Logger LOG = LoggerFactory.getLogger(TriedFiles.class);

    private static final String CHECKS = "2"; // raised when model_check.cpp refuses more than it did
    private static final int HEAD = 1 << 16;
    private static final int SAMPLES = 16;
    private static final int SAMPLE = 4096;
    private static final int KEYS = 32;

    private TriedFiles() {}

    /**
     * What tells a model from others: its sizes and times, its first bytes and samples of the rest, and what changes it.
     *
     * @param changes metadata overrides, and how it was tried
     * @return the key, empty when it cannot be read
     */
    public static String key(ModelLocation location, byte[] changes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((NativeApi.LLAMA_VERSION + ' ' + NativeApi.ABI_VERSION + ' ' + CHECKS)
                    .getBytes(StandardCharsets.UTF_8));
            digest.update(changes);
            if (location instanceof ModelLocation.Files files) {
                for (Path path : files.paths()) {
                    add(digest, path, 0, 0);
                }
            } else if (location instanceof ModelLocation.Range range) {
                add(digest, range.path(), range.offset(), range.size());
            } else if (location instanceof ModelLocation.Descriptor open) {
                add(digest, open.path(), open.offset(), open.size());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException | NoSuchAlgorithmException e) {
            LOG.debug("the model file has no key, it is tried each time: {}", e.toString());
            return "";
        }
    }

    private static void add(MessageDigest digest, Path path, long offset, long wanted) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = wanted > 0 ? wanted : channel.size() - offset;
            digest.update(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(size)
                    .putLong(Files.getLastModifiedTime(path).toMillis())
                    .flip());
            read(digest, channel, offset, (int) Math.min(HEAD, size));
            for (int i = 0; i < SAMPLES && size > HEAD + SAMPLE; i++) {
                read(digest, channel, offset + HEAD + (size - HEAD - SAMPLE) / SAMPLES * i, SAMPLE);
            }
        }
    }

    private static void read(MessageDigest digest, FileChannel channel, long at, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        int read;
        do {
            read = channel.read(buffer, at + buffer.position());
        } while (read > 0 && buffer.hasRemaining());
        digest.update(buffer.flip());
    }

    /**
     * Whether a file was found sound.
     *
     * @return whether it was tried before
     */
    public static boolean contains(String key) {
        try {
            return !key.isEmpty() && keys(slot(key)).contains(key);
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }

    /** Notes that a file was found sound. */
    public static void add(String key) {
        if (key.isEmpty()) {
            return;
        }
        try {
            Path slot = slot(key);
            List<String> keys = new ArrayList<>(keys(slot));
            keys.add(key);
            String latest = String.join("\n", keys.subList(Math.max(0, keys.size() - KEYS), keys.size())) + '\n';
            Files.createDirectories(slot.getParent());
            AtomicFile.write(slot, out -> out.write(latest.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException | InvalidPathException e) {
            LOG.debug("what was tried cannot be noted, the file is tried again next time: {}", e.toString());
        }
    }

    private static List<String> keys(Path slot) throws IOException {
        return Files.exists(slot) ? Files.readAllLines(slot, StandardCharsets.US_ASCII) : List.of();
    }

    private static Path slot(String key) throws IOException {
        try {
            return CacheDirectory.choose().path().resolve("tried").resolve(key.substring(0, 2));
        } catch (NativeLoadException e) {
            throw new IOException(e);
        }
    }
}
