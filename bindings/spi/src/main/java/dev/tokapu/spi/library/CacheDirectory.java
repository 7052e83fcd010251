package dev.tokapu.spi.library;

import dev.tokapu.spi.NativeLoadException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The directory for what may be lost: extracted libraries and models, the history of the command line.
 *
 * <p>Thread safety: immutable.
 *
 * @param path the directory; it exists and can be written
 * @param trusted whether only this user could have written there; otherwise every file is checked each time
 * @since 0.1
 */
public record CacheDirectory(Path path, boolean trusted) {

    /**
     * Chooses {@code -Dtokapu.cache.dir}, else {@code $XDG_CACHE_HOME/tokapu}, on Windows {@code %LOCALAPPDATA%\\tokapu},
     * {@code ~/.cache/tokapu} or a directory of this user in {@code java.io.tmpdir}: the first that can be written. Relative ones are
     * left out; for the home see {@link FilePaths#home}.
     *
     * @return the directory
     * @throws NativeLoadException when none can be written
     */
    public static CacheDirectory choose() {
        String home = System.getProperty("user.home");
        return choose(
                System.getProperty(NativeLibraries.CACHE_PROPERTY),
                System.getenv("XDG_CACHE_HOME"),
                NativeLibraries.isWindows() ? System.getenv("LOCALAPPDATA") : null,
                FilePaths.home(home, System.getenv("HOME")).map(Path::toString).orElse(home),
                System.getProperty("java.io.tmpdir"));
    }

    static CacheDirectory choose(
            @Nullable String property,
            @Nullable String xdgCache,
            @Nullable String localAppData,
            @Nullable String home,
            @Nullable String temp) {
        if (property != null && isSet(property)) {
            Path chosen = FilePaths.of(property, "-D" + NativeLibraries.CACHE_PROPERTY)
                    .toAbsolutePath();
            String problem = makeWritable(chosen);
            if (problem != null) {
                throw new NativeLoadException("Cannot write to " + problem + ", the directory of -D"
                        + NativeLibraries.CACHE_PROPERTY + ". Set it to a directory that can be written.");
            }
            return new CacheDirectory(chosen, true);
        }
        List<String> problems = new ArrayList<>();
        List<Path> candidates = new ArrayList<>(absolute(xdgCache, problems, "tokapu"));
        candidates.addAll(absolute(localAppData, problems, "tokapu"));
        candidates.addAll(absolute(home, problems, ".cache", "tokapu"));
        for (Path candidate : candidates) {
            String problem = makeWritable(candidate);
            if (problem == null) {
                return new CacheDirectory(candidate, true);
            }
            problems.add(problem);
        }
        String user = "tokapu-" + System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9._-]", "_");
        for (Path candidate : absolute(temp, problems, user)) {
            String problem = makePrivate(candidate);
            if (problem == null) {
                return new CacheDirectory(candidate, false);
            }
            problems.add(problem);
        }
        throw new NativeLoadException("No directory for the cache: cannot write to " + String.join(", ", problems)
                + ". Set -D" + NativeLibraries.CACHE_PROPERTY + " to a directory that can be written.");
    }

    /** Below a directory, when its text is set, absolute and a path. */
    private static List<Path> absolute(@Nullable String text, List<String> problems, String... below) {
        Optional<Path> path = FilePaths.absolute(text);
        if (path.isEmpty() && isSet(text)) {
            problems.add(text + " (it is relative, or no path; " + FilePaths.advice() + ')');
        }
        return path.stream().map(found -> found.resolve(Path.of("", below))).toList();
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

    /** As above, where everybody can write: nobody else may read what is kept there. */
    private static @Nullable String makePrivate(Path directory) {
        try {
            if (!Files.exists(directory)
                    && directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createDirectories(directory.getParent());
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (FileAlreadyExistsException e) {
            // Another process of this user, or of another one: that is looked at next.
        } catch (IOException e) {
            return directory + " (" + e + ')';
        }
        String problem = makeWritable(directory);
        return problem == null ? notOurs(directory) : problem;
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
