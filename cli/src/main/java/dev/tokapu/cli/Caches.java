package dev.tokapu.cli;

import java.nio.file.Path;

/** The user's directory for what may be lost. */
final class Caches {

    private Caches() {}

    /** {@code -Dtokapu.cache.dir}, else {@code $XDG_CACHE_HOME/tokapu}, else {@code ~/.cache/tokapu}; it need not exist. */
    static Path directory() {
        String chosen = System.getProperty("tokapu.cache.dir");
        if (chosen != null && !chosen.isBlank()) {
            return Path.of(chosen).toAbsolutePath();
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        if (xdg != null && Path.of(xdg).isAbsolute()) {
            return Path.of(xdg, "tokapu");
        }
        return Path.of(System.getProperty("user.home"), ".cache", "tokapu");
    }
}
