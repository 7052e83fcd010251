package dev.tokapu.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** The jar of native libraries of a platform. */
final class NativeJar {

    static final String LIST = "libraries.sha256";

    final String platform;
    final Path file;
    final String folder;

    NativeJar(String platform) {
        this.platform = platform;
        this.file = Path.of(System.getProperty("native.jars") + '-' + platform + ".jar");
        this.folder = "META-INF/native/" + platform + '/';
    }

    /** Those that were built. */
    static List<String> platforms() {
        return List.of(System.getProperty("native.platforms").split(","));
    }

    static boolean isWindows(String platform) {
        return platform.startsWith("windows-");
    }

    /** By their names. */
    Map<String, byte[]> libraries() throws IOException {
        Map<String, byte[]> libraries = new TreeMap<>();
        try (JarFile jar = new JarFile(file.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().map(ZipEntry.class::cast)::iterator) {
                String name = entry.getName();
                if (name.startsWith(folder) && !entry.isDirectory() && !name.endsWith(LIST)) {
                    try (InputStream input = jar.getInputStream(entry)) {
                        libraries.put(name.substring(folder.length()), input.readAllBytes());
                    }
                }
            }
        }
        return libraries;
    }

    /** The same as files. */
    Map<String, Path> unpack(Path into) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        for (Map.Entry<String, byte[]> library : libraries().entrySet()) {
            files.put(library.getKey(), Files.write(into.resolve(library.getKey()), library.getValue()));
        }
        return files;
    }

    /** Null where it has no such entry. */
    String manifest(String entry) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            return jar.getManifest().getMainAttributes().getValue(entry);
        }
    }

    String read(String name) throws IOException {
        try (JarFile jar = new JarFile(file.toFile());
                InputStream input = jar.getInputStream(jar.getEntry(name))) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What a tool of binutils says. */
    static List<String> said(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines = new ArrayList<>();
        try (Stream<String> output = process.inputReader(StandardCharsets.UTF_8).lines()) {
            output.forEach(lines::add);
        }
        assertThat(process.waitFor())
                .as("exit code of %s", String.join(" ", command))
                .isZero();
        return lines;
    }
}
