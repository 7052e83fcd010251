package dev.tokapu.packaged;

import dev.tokapu.testsupport.ZipFiles;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/** The jars of Tokapu and what they need, and the application as a jar. */
final class Jars {

    private static final String CLASS = Application.class.getName().replace('.', '/') + ".class";

    /** What tests alone need, and the validator, which is a part of the jar of typed answers. */
    private static final List<String> NOT_OURS = List.of(
            "test-support",
            "platform-tests",
            "json-schema-validator",
            "junit",
            "assertj",
            "opentest4j",
            "apiguardian",
            "byte-buddy",
            "felix",
            "spring",
            "surefire");

    private Jars() {}

    /** Those that an application with {@code tokapu-all} has on its class path. */
    static List<Path> all() {
        return onClassPath(name -> NOT_OURS.stream().noneMatch(name::contains));
    }

    private static List<Path> onClassPath(Predicate<String> wanted) {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .map(Path::of)
                .filter(jar -> wanted.test(jar.getFileName().toString()))
                .toList();
    }

    /** Those of Tokapu itself. */
    static List<Path> ours() {
        return all().stream()
                .filter(jar -> jar.getFileName().toString().startsWith("tokapu"))
                .toList();
    }

    /** The one whose file name begins with a text. */
    static Path named(String beginning) {
        return all().stream()
                .filter(jar -> jar.getFileName().toString().startsWith(beginning))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no jar " + beginning + " on the class path"));
    }

    /** {@link #all} as a class path, with further entries behind them. */
    static String path(List<Path> jars, Path... more) {
        StringBuilder path = new StringBuilder();
        for (Path jar : jars) {
            path.append(jar).append(File.pathSeparator);
        }
        for (Path jar : more) {
            path.append(jar).append(File.pathSeparator);
        }
        return path.substring(0, path.length() - 1);
    }

    /** The class of the application. */
    static byte[] application() {
        try (InputStream in = Jars.class.getClassLoader().getResourceAsStream(CLASS)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the application as a jar. */
    static Path application(Path file) {
        return ZipFiles.write(file, CLASS, application(), false);
    }

    /** The application in a jar as Spring Boot packs it, with all that it needs inside. */
    static Path springBoot(Path file) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        String manifest =
                "Manifest-Version: 1.0\nMain-Class: org.springframework.boot.loader.launch.JarLauncher\nStart-Class: "
                        + Application.class.getName()
                        + "\nSpring-Boot-Classes: BOOT-INF/classes/\nSpring-Boot-Lib: BOOT-INF/lib/\n\n";
        entries.put("META-INF/MANIFEST.MF", manifest.getBytes(StandardCharsets.UTF_8));
        for (String folder : List.of("BOOT-INF/", "BOOT-INF/classes/", "BOOT-INF/lib/")) {
            entries.put(folder, new byte[0]);
        }
        addLoader(entries);
        entries.put("BOOT-INF/classes/" + CLASS, application());
        for (Path jar : all()) {
            entries.put("BOOT-INF/lib/" + jar.getFileName(), Files.readAllBytes(jar));
        }
        return Files.write(file, ZipFiles.of(entries, false));
    }

    /** The launcher lies unpacked in the jar. */
    private static void addLoader(Map<String, byte[]> entries) throws IOException {
        Path jar = onClassPath(name -> name.startsWith("spring-boot-loader")).get(0);
        try (JarFile loader = new JarFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(loader.entries())) {
                if (entry.getName().startsWith("org/")) {
                    try (InputStream in = loader.getInputStream(entry)) {
                        entries.put(entry.getName(), in.readAllBytes());
                    }
                }
            }
        }
    }
}
