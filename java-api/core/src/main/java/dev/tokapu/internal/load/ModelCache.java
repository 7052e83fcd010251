package dev.tokapu.internal.load;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.library.CacheDirectory;
import dev.tokapu.spi.library.NativeLibraries;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place for models that cannot be mapped where they lie: extracted once, under a name made of what identifies their
 * content.
 *
 * <p>Thread safety: safe, also between processes: a file appears under its name when it is complete.
 */
final class ModelCache {

    private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);

    private ModelCache() {}

    /** Opens what is to be extracted. */
    @FunctionalInterface
    interface Content {

        InputStream open() throws IOException;
    }

    /**
     * The file with some content, extracted when it is not there yet.
     *
     * @param source the model, for messages
     * @param name the name that the file's name ends with
     * @param key what tells this content from others
     * @param size its bytes, -1 when that is not known
     * @param remedy what would make the copy unnecessary
     */
    static Path extract(String source, String name, String key, long size, String remedy, Content content) {
        try {
            Path directory = CacheDirectory.choose().path().resolve("models");
            Path target = directory.resolve(key + "-" + name.substring(name.lastIndexOf('/') + 1));
            if (!Files.exists(target) || (size >= 0 && Files.size(target) != size)) {
                Files.createDirectories(directory);
                LOG.info(
                        "{} cannot be mapped where it lies; extracting {} to {}, once. {}",
                        source,
                        size < 0 ? "it" : size + " bytes",
                        target,
                        remedy);
                try (InputStream in = content.open()) {
                    copy(in, target, size);
                }
            }
            return target;
        } catch (IOException | NativeLoadException | InvalidPathException e) {
            throw new ModelLoadException(
                    source,
                    "it has to be extracted and cannot be: "
                            + (e instanceof NativeLoadException ? e.getMessage() : e.toString()) + "; -D"
                            + NativeLibraries.CACHE_PROPERTY
                            + " names a directory with room",
                    e);
        }
    }

    private static void copy(InputStream in, Path target, long size) throws IOException {
        Path temporary = Files.createTempFile(target.getParent(), "model", ".tmp");
        try {
            long copied = Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
            if (size >= 0 && copied != size) {
                throw new IOException("it has " + copied + " bytes instead of " + size);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
