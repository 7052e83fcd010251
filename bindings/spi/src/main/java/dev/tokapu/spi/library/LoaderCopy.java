package dev.tokapu.spi.library;

import dev.tokapu.spi.NativeLoadException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** The copy of a library for one class loader, in a folder of its own in the cache while it is being loaded. */
final class LoaderCopy {

    private static final String PREFIX = ".loader-";

    /** Longer than any process takes to load one. */
    private static final Duration LEFT_BEHIND = Duration.ofHours(1);

    private LoaderCopy() {}

    static Path of(Path library, Path cache) {
        deleteOld(cache);
        try {
            Path folder = Files.createTempDirectory(cache, PREFIX);
            return Files.copy(library, folder.resolve(library.getFileName()));
        } catch (IOException e) {
            throw new NativeLoadException("Cannot copy " + library + " for another class loader: " + e, e);
        }
    }

    private static void deleteOld(Path cache) {
        Instant limit = Instant.now().minus(LEFT_BEHIND);
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(cache, PREFIX + '*')) {
            for (Path folder : folders) {
                if (Files.getLastModifiedTime(folder).toInstant().isBefore(limit)) {
                    CacheEntry.delete(folder);
                }
            }
        } catch (IOException | RuntimeException e) {
            // They take room and do no harm; somebody else may be deleting them too.
        }
    }
}
