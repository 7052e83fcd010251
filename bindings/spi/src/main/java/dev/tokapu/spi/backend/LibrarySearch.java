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
 * Where the libraries of a maker of hardware may lie when the linker does not find them: the folders that the user names,
 * JavaCPP's redistributable jar, Python packages, an installed toolkit. Never a toolkit's {@code stubs} folder, whose driver is
 * none.
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
     * @param places where to look
     * @param name a file name
     * @return the files
     */
    List<Path> files(BackendKind.Places places, String name) {
        List<Path> files = new ArrayList<>();
        if (places.property().isEmpty()) {
            return files;
        }
        files.addAll(named(places).files(name));
        if (files.isEmpty()) {
            addFromJar(places, name, files);
            others(places).forEach(place -> files.addAll(place.files(name)));
        }
        return files;
    }

    /** Where {@link #files} and, before it, the linker look, for a message. */
    String described(BackendKind.Places places) {
        if (places.property().isEmpty()) {
            return "the linker's own folders";
        }
        return named(places) + (places.jar().isEmpty() ? "" : "; bytedeco's " + places.jar() + " jar on the class path")
                + "; " + others(places).stream().map(Place::toString).collect(Collectors.joining("; "))
                + "; the linker's own folders";
    }

    private Place named(BackendKind.Places places) {
        return new Place(
                "-D" + places.property(),
                BackendFinder.folders(surroundings.property().apply(places.property())),
                "not set");
    }

    private List<Place> others(BackendKind.Places places) {
        return List.of(
                new Place(
                        "Python packages",
                        wheelFolders(places),
                        places.wheels().startsWith("..") ? "none" : "no " + places.wheels()),
                new Place(
                        String.join(" and ", places.variables()),
                        variableFolders(places),
                        "not set, or without libraries"),
                new Place("/" + String.join(", /", places.toolkits()), systemFolders(places), "not there"));
    }

    private void addFromJar(BackendKind.Places places, String name, List<Path> files) {
        if (places.jar().isEmpty()) {
            return;
        }
        for (ClassLoader loader : loaders) {
            URL url = loader.getResource("org/bytedeco/" + places.jar() + '/' + javacppPlatform() + '/' + name);
            if (url != null) {
                files.add(JarLibrary.unpack(url, name));
                return;
            }
        }
    }

    private String javacppPlatform() {
        return platform.classifier().replace("aarch64", "arm64");
    }

    private List<Path> wheelFolders(BackendKind.Places places) {
        List<Path> roots = new ArrayList<>();
        for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
            String value = surroundings.variable().apply(variable);
            FilePaths.absolute(value).ifPresent(roots::add);
        }
        FilePaths.home(
                        surroundings.property().apply("user.home"),
                        surroundings.variable().apply("HOME"))
                .ifPresent(home -> roots.add(home.resolve(".local")));
        roots.add(surroundings.root().resolve("usr/local"));
        roots.add(surroundings.root().resolve("usr"));
        List<Path> folders = new ArrayList<>();
        for (Path root : roots) {
            Stream.concat(children(root.resolve("lib"), "python3*").stream(), Stream.of(root.resolve("lib/python3")))
                    .distinct()
                    .flatMap(python -> Stream.of(python.resolve("site-packages"), python.resolve("dist-packages")))
                    .filter(Files::isDirectory)
                    .flatMap(packages -> matching(packages, places.wheels()).stream())
                    .map(Path::normalize)
                    .distinct()
                    .forEach(folders::add);
        }
        return folders;
    }

    private List<Path> variableFolders(BackendKind.Places places) {
        List<Path> folders = new ArrayList<>();
        for (String variable : places.variables()) {
            String value = surroundings.variable().apply(variable);
            FilePaths.absolute(value).ifPresent(path -> folders.addAll(librariesOf(path)));
        }
        return folders;
    }

    private List<Path> systemFolders(BackendKind.Places places) {
        return places.toolkits().stream()
                .flatMap(pattern -> matching(surroundings.root(), pattern).stream())
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

    /** The folders below another one that match a pattern, part by part. */
    private static List<Path> matching(Path folder, String pattern) {
        List<Path> found = List.of(folder);
        for (String part : pattern.split("/", -1)) {
            found = found.stream()
                    .flatMap(path -> part.contains("*") ? children(path, part).stream() : Stream.of(path.resolve(part)))
                    .filter(Files::isDirectory)
                    .toList();
        }
        return found;
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
