package dev.tokapu.spi.library;

import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the folder of native libraries: the one named by {@code -Dtokapu.native.dir}, otherwise those of a
 * {@code tokapu-native} jar, extracted once into a cache that all JVMs share.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class NativeLibraries {

    /** Names a folder with the libraries; nothing is extracted then. */
    public static final String DIRECTORY_PROPERTY = "tokapu.native.dir";

    /** Names the cache directory. */
    public static final String CACHE_PROPERTY = "tokapu.cache.dir";

    /** {@code true}: compare the checksums of all libraries at every start, not only their sizes. */
    public static final String VERIFY_PROPERTY = "tokapu.native.verify";

    private static final List<String> KNOWN_CLASSIFIERS = List.of(
            "linux-x86_64",
            "linux-aarch64",
            "macos-aarch64",
            "macos-x86_64",
            "windows-x86_64",
            "windows-aarch64",
            "android-aarch64");

    private NativeLibraries() {}

    /**
     * Finds or extracts the libraries for this JVM.
     *
     * @return an absolute path of a folder that holds {@code libtokapu}
     * @throws NativeLoadException when there are none for this platform, or they are damaged or of another version
     */
    public static Path locate() {
        String directory = directory();
        if (directory != null) {
            return explicit(FilePaths.of(directory, "-D" + DIRECTORY_PROPERTY)
                    .toAbsolutePath()
                    .normalize());
        }
        return locate(loaders(), Platform.current(), null, Boolean.getBoolean(VERIFY_PROPERTY));
    }

    /**
     * The value of {@code -Dtokapu.native.dir}.
     *
     * @return a path, null when it is not set
     */
    public static @Nullable String directory() {
        String directory = System.getProperty(DIRECTORY_PROPERTY);
        return directory == null || directory.isBlank() ? null : directory;
    }

    /**
     * The class loaders that jars with libraries are looked for in.
     *
     * @return the loaders, first the one to look in first
     */
    public static List<ClassLoader> loaders() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader own = NativeLibraries.class.getClassLoader();
        return Stream.of(Optional.ofNullable(context), Optional.ofNullable(own))
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }

    /**
     * Finds or extracts the libraries of a platform.
     *
     * @param loaders where to look, in this order
     * @param platform the platform
     * @param cache the cache directory, null to choose one when it is needed
     * @param verify whether to compare all checksums of an existing extraction
     * @return the folder
     */
    static Path locate(List<ClassLoader> loaders, Platform platform, @Nullable CacheDirectory cache, boolean verify) {
        URL url = find(loaders, platform.classifier());
        if (url != null) {
            LibraryManifest manifest = manifest(url);
            manifest.requireVersions(url.toString());
            CacheDirectory chosen = cache == null ? CacheDirectory.choose() : cache;
            return new LibraryExtractor(url, manifest, chosen.path(), platform.classifier())
                    .extract(verify || !chosen.trusted());
        }
        throw notFound(loaders, platform);
    }

    /**
     * Finds the first jar with a classifier.
     *
     * @param loaders where to look, in this order
     * @param classifier the classifier
     * @return its manifest, null when there is none
     */
    public static @Nullable URL find(List<ClassLoader> loaders, String classifier) {
        String resource = resource(classifier);
        for (ClassLoader loader : loaders) {
            URL url = loader.getResource(resource);
            if (url != null) {
                return url;
            }
        }
        return null;
    }

    /**
     * Reads a manifest.
     *
     * @param url where it lies
     * @return the manifest
     * @throws NativeLoadException when it cannot be read or is malformed
     */
    public static LibraryManifest manifest(URL url) {
        return LibraryManifest.parse(read(url), url.toString());
    }

    /**
     * The file name of a library on this platform.
     *
     * @param name the plain name, for example {@code tokapu}
     * @param directory its folder
     * @return for example {@code <directory>/libtokapu.so}, on Windows {@code <directory>\\tokapu.dll}
     */
    public static Path library(Path directory, String name) {
        return directory.resolve(System.mapLibraryName(name));
    }

    /**
     * The libraries that {@code tokapu} and llama.cpp's other libraries need, each behind those that it needs itself. Windows does not
     * look for them beside the library that needs them, and takes them when they are loaded already; other systems find them.
     *
     * @param directory their folder
     * @return what has to be loaded before {@code tokapu}: on Windows four files, elsewhere none
     */
    public static List<Path> loadedBefore(Path directory) {
        return isWindows()
                ? Stream.of("tokapu-ggml-base", "tokapu-ggml", "tokapu-llama", "tokapu-llama-common")
                        .map(name -> library(directory, name))
                        .toList()
                : List.of();
    }

    static boolean isWindows() {
        return Platform.current().os().equals("windows");
    }

    /**
     * Copies a library for one class loader: JNI refuses a file that another class loader of the JVM has loaded. Libraries
     * that it depends on must be loaded already or be in a directory that the linker searches. Copies that a process has left
     * behind, because it was killed before it could delete them, are deleted.
     *
     * @param library the file
     * @return the copy, to be given to {@link #deleteCopy} once it is loaded
     * @throws NativeLoadException when it cannot be written
     */
    public static Path copyForThisLoader(Path library) {
        return LoaderCopy.of(library, CacheDirectory.choose().path());
    }

    /**
     * Deletes a copy; a process that has loaded it keeps its content.
     *
     * @param copy the copy
     */
    public static void deleteCopy(Path copy) {
        CacheEntry.delete(copy.resolveSibling(""));
    }

    /**
     * Explains why a library could not be loaded.
     *
     * @param library the file
     * @param cause what the JVM said
     * @return an exception that says what to do
     */
    public static NativeLoadException cannotLoad(Path library, Throwable cause) {
        return LoadFailure.of(library, cause);
    }

    private static Path explicit(Path directory) {
        Path library = library(directory, "tokapu");
        if (!Files.isRegularFile(library)) {
            throw new NativeLoadException("There is no file " + library + ". Set -D" + DIRECTORY_PROPERTY
                    + " to the folder that holds the native libraries, or leave it out to use those of a"
                    + " tokapu-native jar.");
        }
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.toString().endsWith(".so") && ElfFile.isCutShort(file))
                    .findFirst()
                    .ifPresent(file -> {
                        throw new NativeLoadException(
                                file + " is cut short: fetch it again, or copy it again when there is room.");
                    });
        } catch (IOException e) {
            throw new NativeLoadException("Cannot read " + directory + ": " + e, e);
        }
        return directory;
    }

    private static NativeLoadException notFound(List<ClassLoader> loaders, Platform platform) {
        List<String> present = new ArrayList<>();
        for (String classifier : KNOWN_CLASSIFIERS) {
            if (find(loaders, classifier) != null) {
                present.add(classifier);
            }
        }
        return new NativeLoadException("There are no native libraries for " + platform.classifier()
                + " on the class path (found: " + (present.isEmpty() ? "none" : String.join(", ", present))
                + "). Add dev.tokapu:tokapu-native with the classifier " + platform.classifier() + ", or set -D"
                + DIRECTORY_PROPERTY + " to a folder with the libraries.");
    }

    private static String resource(String classifier) {
        return "META-INF/native/" + classifier + '/' + LibraryManifest.FILE;
    }

    private static String read(URL url) {
        try {
            URLConnection connection = url.openConnection();
            connection.setUseCaches(false);
            try (InputStream in = connection.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new NativeLoadException("Cannot read " + url + ": " + e, e);
        }
    }
}
