package dev.tokapu.cli;

import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.library.CacheDirectory;
import dev.tokapu.spi.library.FilePaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What is kept in the user's directory for what may be lost. */
final class Caches {

    /** {@code -Dtokapu.history}: another file for the lines of conversations. */
    static final String HISTORY = "tokapu.history";

    private Caches() {}

    /**
     * The file with the lines of earlier conversations; empty when there is no place for one that is the user's own, or something is
     * there that is no file: a line editor replaces what it writes.
     */
    static Optional<Path> history() {
        String chosen = System.getProperty(HISTORY);
        try {
            if (chosen != null) {
                return Optional.of(FilePaths.of(chosen, "-D" + HISTORY)).filter(Caches::isFileOrNothing);
            }
            CacheDirectory cache = CacheDirectory.choose();
            return Optional.of(cache.path().resolve("history"))
                    .filter(file -> cache.trusted() && isFileOrNothing(file));
        } catch (NativeLoadException e) {
            return Optional.empty();
        }
    }

    private static boolean isFileOrNothing(Path file) {
        return Files.isRegularFile(file) ? Files.isWritable(file) : !Files.exists(file);
    }
}
