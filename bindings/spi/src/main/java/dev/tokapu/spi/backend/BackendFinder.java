package dev.tokapu.spi.backend;

import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.Platform;
import dev.tokapu.spi.library.CacheDirectory;
import dev.tokapu.spi.library.LibraryExtractor;
import dev.tokapu.spi.library.LibraryManifest;
import dev.tokapu.spi.library.NativeLibraries;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds backends beside the CPU's: in classifier jars on the class path, and as files in folders. */
final class BackendFinder {

    /** ggml's modules have this name on macOS, too; on Windows they are DLLs. */
    private static final Pattern FILE = Pattern.compile("(?:libggml-([a-z]+)\\.so|ggml-([a-z]+)\\.dll)");
    /** Parts of the CPU's set, and RPC, which has no devices of its own. */
    private static final List<String> NO_BACKENDS = List.of("base", "cpu", "rpc");

    private final List<ClassLoader> loaders;
    private final Platform platform;
    private final @Nullable CacheDirectory cache;
    private final boolean verify;

    /**
     * Creates a finder.
     *
     * @param loaders where to look for jars, in this order
     * @param platform the platform
     * @param cache the cache directory, null to choose one when it is needed
     * @param verify whether to compare all checksums of an existing extraction
     */
    BackendFinder(List<ClassLoader> loaders, Platform platform, @Nullable CacheDirectory cache, boolean verify) {
        this.loaders = loaders;
        this.platform = platform;
        this.cache = cache;
        this.verify = verify;
    }

    /** The backends in jars. */
    List<BackendModule> inJars() {
        List<BackendModule> modules = new ArrayList<>();
        BackendKind.inJars().forEach(kind -> {
            for (String suffix : kind.suffixes()) {
                String classifier = platform.classifier() + '-' + suffix;
                URL url = NativeLibraries.find(loaders, classifier);
                if (url != null) {
                    String name = kind.name();
                    modules.add(new BackendModule(name, origin(url), () -> unpack(url, classifier, name)));
                }
            }
        });
        return modules;
    }

    /** A jar of another llama.cpp than the CPU's is refused before anything is unpacked. */
    private Path unpack(URL url, String classifier, String name) {
        LibraryManifest manifest = NativeLibraries.manifest(url);
        manifest.requireVersions(url.toString());
        URL cpu = NativeLibraries.find(loaders, platform.classifier());
        if (cpu != null) {
            manifest.requireTreeOf(NativeLibraries.manifest(cpu), origin(url), origin(cpu));
        }
        String file = fileName(platform, name);
        if (!manifest.checksums().containsKey(file)) {
            throw new NativeLoadException(url + " does not list " + file + ". The jar is damaged: fetch it again.");
        }
        CacheDirectory chosen = cache == null ? CacheDirectory.choose() : cache;
        return new LibraryExtractor(url, manifest, chosen.path(), classifier)
                .extract(verify || !chosen.trusted())
                .resolve(file);
    }

    /**
     * The file of a backend.
     *
     * @param platform the platform
     * @param name what it is for
     * @return for example {@code libggml-cuda.so}
     */
    static String fileName(Platform platform, String name) {
        return platform.os().equals("windows") ? "ggml-" + name + ".dll" : "libggml-" + name + ".so";
    }

    /** {@code jar:file:/x/y.jar!/META-INF/...} is {@code /x/y.jar} for people. */
    private static String origin(URL url) {
        String text = url.toString();
        int end = text.lastIndexOf("META-INF/native/");
        return text.substring(0, end < 0 ? text.length() : end)
                .replaceFirst("!?/$", "")
                .replaceFirst("^(jar:)?file:", "");
    }

    /**
     * The backends among the files of a folder.
     *
     * @param folder the folder
     * @return the backends, by name
     * @throws IOException when it cannot be read
     */
    static List<BackendModule> inFolder(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.sorted().toList();
        }
        List<BackendModule> modules = new ArrayList<>();
        for (Path file : files) {
            Matcher matcher = FILE.matcher(String.valueOf(file.getFileName()));
            if (matcher.matches()) {
                String name = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
                Supplier<Path> itself = () -> file;
                if (!NO_BACKENDS.contains(name)) {
                    modules.add(new BackendModule(name, folder.toString(), itself));
                }
            }
        }
        return modules;
    }

    /**
     * The folders of a property.
     *
     * @param text their paths with the system's separator between them, may be null
     * @return the absolute paths
     */
    static List<Path> folders(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return List.of();
        }
        try {
            return Stream.of(text.split(Pattern.quote(File.pathSeparator)))
                    .filter(part -> !part.isBlank())
                    .map(part -> Path.of(part).toAbsolutePath().normalize())
                    .toList();
        } catch (InvalidPathException e) {
            return List.of();
        }
    }
}
