package dev.tokapu.spi.backend;

import dev.tokapu.spi.Platform;
import dev.tokapu.spi.library.FilePaths;
import java.io.IOException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where NVIDIA's own libraries may lie when the linker does not find them: the folders that the user names, JavaCPP's
 * redistributable jar, Python packages, an installed CUDA. Never a toolkit's {@code stubs} folder, whose driver is none.
 */
final class LibrarySearch {

    private static final int SHOWN = 4;

    /**
     * A place to look into.
     *
     * @param name what people call it
     * @param folders its folders that exist
     * @param none why there are none
     */
    private record Place(String name, List<Path> folders, String none) {

        List<Path> files(String file) {
            return folders.stream()
                    .map(folder -> folder.resolve(file))
                    .filter(Files::isRegularFile)
                    .toList();
        }

        @Override
        public String toString() {
            if (folders.isEmpty()) {
                return name + " (" + none + ')';
            }
            String more = folders.size() > SHOWN ? " and " + (folders.size() - SHOWN) + " more" : "";
            return name + " ("
                    + String.join(
                            ", ",
                            folders.stream().limit(SHOWN).map(Path::toString).toList())
                    + more + ')';
        }
    }

    private final SystemEnvironment surroundings;
    private final List<ClassLoader> loaders;
    private final Platform platform;

    LibrarySearch(SystemEnvironment surroundings, List<ClassLoader> loaders, Platform platform) {
        this.surroundings = surroundings;
        this.loaders = loaders;
        this.platform = platform;
    }

    /**
     * The files of that name, best first. One in a jar is unpacked into the cache, unless the user has named a folder that
     * holds it.
     *
     * @param name a file name
     * @return the files
     */
    List<Path> files(String name) {
        List<Path> files = new ArrayList<>(named().files(name));
        if (files.isEmpty()) {
            addFromJar(name, files);
            others().forEach(place -> files.addAll(place.files(name)));
        }
        return files;
    }

    /** Where {@link #files} and, before it, the linker look, for a message. */
    String described() {
        return named() + "; bytedeco's cuda jar on the class path; "
                + others().stream().map(Place::toString).collect(Collectors.joining("; "))
                + "; the linker's own folders";
    }

    private Place named() {
        return new Place(
                "-D" + Backends.CUDA_PROPERTY,
                BackendFinder.folders(surroundings.property().apply(Backends.CUDA_PROPERTY)),
                "not set");
    }

    private List<Place> others() {
        return List.of(
                new Place("Python packages", pythonFolders(), "no nvidia/*/lib"),
                new Place("CUDA_PATH and CUDA_HOME", toolkitFolders(), "not set, or without libraries"),
                new Place("/usr/local/cuda*", systemFolders(), "not there"));
    }

    private void addFromJar(String name, List<Path> files) {
        for (ClassLoader loader : loaders) {
            URL url = loader.getResource("org/bytedeco/cuda/" + javacppPlatform() + '/' + name);
            if (url != null) {
                files.add(JarLibrary.unpack(url, name));
                return;
            }
        }
    }

    private String javacppPlatform() {
        return platform.classifier().replace("aarch64", "arm64");
    }

    private List<Path> pythonFolders() {
        List<Path> roots = new ArrayList<>();
        for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
            String value = surroundings.variable().apply(variable);
            FilePaths.absolute(value).ifPresent(roots::add);
        }
        String home = surroundings.property().apply("user.home");
        FilePaths.absolute(home).ifPresent(path -> roots.add(path.resolve(".local")));
        roots.add(surroundings.root().resolve("usr/local"));
        roots.add(surroundings.root().resolve("usr"));
        List<Path> folders = new ArrayList<>();
        for (Path root : roots) {
            Stream.concat(children(root.resolve("lib"), "python3*").stream(), Stream.of(root.resolve("lib/python3")))
                    .distinct()
                    .flatMap(python -> Stream.of(python.resolve("site-packages"), python.resolve("dist-packages")))
                    .flatMap(packages -> children(packages.resolve("nvidia"), "*").stream())
                    .map(wheel -> wheel.resolve("lib"))
                    .filter(Files::isDirectory)
                    .forEach(folders::add);
        }
        return folders;
    }

    private List<Path> toolkitFolders() {
        List<Path> folders = new ArrayList<>();
        for (String variable : List.of("CUDA_PATH", "CUDA_HOME")) {
            String value = surroundings.variable().apply(variable);
            FilePaths.absolute(value).ifPresent(path -> folders.addAll(librariesOf(path)));
        }
        return folders;
    }

    private List<Path> systemFolders() {
        return children(surroundings.root().resolve("usr/local"), "cuda*").stream()
                .flatMap(toolkit -> librariesOf(toolkit).stream())
                .toList();
    }

    private List<Path> librariesOf(Path toolkit) {
        String target = platform.arch().equals("aarch64") ? "sbsa-linux" : platform.arch() + "-linux";
        return Stream.of("lib64", "targets/" + target + "/lib", "lib")
                .map(toolkit::resolve)
                .filter(Files::isDirectory)
                .toList();
    }

    /** The matching children of a folder, the last name first: the newer version; none when it is not there. */
    private static List<Path> children(Path folder, String glob) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> listed = Files.newDirectoryStream(folder, glob)) {
            listed.forEach(children::add);
        } catch (IOException e) {
            return List.of();
        }
        children.sort(Collections.reverseOrder());
        return children;
    }
}
