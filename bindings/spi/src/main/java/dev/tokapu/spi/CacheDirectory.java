package dev.tokapu.spi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directory that libraries are extracted to.
 *
 * @param path the directory; it exists and can be written
 * @param trusted whether only this user could have written there; otherwise every file is checked each time
 */
record CacheDirectory(Path path, boolean trusted) {

    /**
     * Chooses {@code -Dtokapu.cache.dir}, else {@code $XDG_CACHE_HOME/tokapu}, {@code ~/.cache/tokapu} or a directory of this
     * user in {@code java.io.tmpdir}: the first that can be written.
     *
     * @return the directory
     * @throws NativeLoadException when none can be written
     */
    static CacheDirectory choose() {
        return choose(
                System.getProperty(NativeLibraries.CACHE_PROPERTY),
                System.getenv("XDG_CACHE_HOME"),
                System.getProperty("user.home"),
                System.getProperty("java.io.tmpdir"));
    }

    static CacheDirectory choose(
            @Nullable String property, @Nullable String xdgCache, @Nullable String home, @Nullable String temp) {
        if (isSet(property)) {
            Path chosen = Path.of(property).toAbsolutePath();
            String problem = makeWritable(chosen);
            if (problem != null) {
                throw new NativeLoadException("Cannot write to " + problem + ", the directory of -D"
                        + NativeLibraries.CACHE_PROPERTY + ". Set it to a directory that can be written.");
            }
            return new CacheDirectory(chosen, true);
        }
        List<String> problems = new ArrayList<>();
        for (Path candidate : ownCandidates(xdgCache, home)) {
            String problem = makeWritable(candidate);
            if (problem == null) {
                return new CacheDirectory(candidate, true);
            }
            problems.add(problem);
        }
        if (isSet(temp)) {
            Path candidate = Path.of(temp, "tokapu-" + System.getProperty("user.name", "user"))
                    .toAbsolutePath();
            String problem = makeWritable(candidate);
            if (problem == null) {
                problem = notOurs(candidate);
            }
            if (problem == null) {
                return new CacheDirectory(candidate, false);
            }
            problems.add(problem);
        }
        throw new NativeLoadException("No directory to extract the native libraries to: cannot write to "
                + String.join(", ", problems) + ". Set -D" + NativeLibraries.CACHE_PROPERTY
                + " to a directory that can be written.");
    }

    private static List<Path> ownCandidates(@Nullable String xdgCache, @Nullable String home) {
        List<Path> candidates = new ArrayList<>();
        if (isSet(xdgCache) && Path.of(xdgCache).isAbsolute()) {
            candidates.add(Path.of(xdgCache, "tokapu"));
        }
        if (isSet(home) && Path.of(home).isAbsolute()) {
            candidates.add(Path.of(home, ".cache", "tokapu"));
        }
        return candidates;
    }

    /** Returns null when the directory can be written, otherwise its name and the reason. */
    private static @Nullable String makeWritable(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.delete(Files.createTempFile(directory, ".probe", null));
            return null;
        } catch (IOException e) {
            return directory + " (" + e + ')';
        }
    }

    /** In a directory that everybody can write to, somebody else may have been first. */
    private static @Nullable String notOurs(Path directory) {
        try {
            Path probe = Files.createTempFile(directory, ".probe", null);
            UserPrincipal me = Files.getOwner(probe);
            Files.delete(probe);
            UserPrincipal owner = Files.getOwner(directory);
            return owner.equals(me) ? null : directory + " (it belongs to " + owner.getName() + ')';
        } catch (IOException | UnsupportedOperationException e) {
            return directory + " (" + e + ')';
        }
    }

    private static boolean isSet(@Nullable String value) {
        return value != null && !value.isBlank();
    }
}
