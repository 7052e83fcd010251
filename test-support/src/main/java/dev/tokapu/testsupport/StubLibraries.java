package dev.tokapu.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Native libraries that pretend to be a backend, the NVIDIA driver or a part of CUDA, built by the C compiler of this
 * machine. Their sources are {@code stub_*.c} in {@code native/tests/stubs} of the checkout that the system property
 * {@code tokapu.root} names. A compiler that is missing or fails is an {@link AssertionError}.
 *
 * <p>Thread safety: stateless, safe for any number of threads.
 */
public final class StubLibraries {

    private StubLibraries() {}

    /**
     * A library without functions.
     *
     * @param folder where it shall lie; created when it is not there
     * @param name its file name and SONAME
     * @param needed the libraries that it needs; it finds them by their SONAME only
     * @return the file
     */
    public static Path library(Path folder, String name, Path... needed) {
        return compile(folder, name, Path.of("/dev/null"), List.of(), needed);
    }

    /**
     * A library that holds the end of the process up for a second, after the destructors of static objects.
     *
     * @param folder where it shall lie
     * @return the file
     */
    public static Path lateExit(Path folder) {
        return compile(folder, "liblateexit.so", source("stub_late_exit.c"), List.of());
    }

    /**
     * The NVIDIA driver: {@code libcuda.so.1} and {@code libnvidia-ml.so.1}.
     *
     * @param folder where they shall lie
     * @param version its version
     * @param cuda the newest CUDA that it can run: 1000 times the major plus 10 times the minor version
     */
    public static void driver(Path folder, String version, int cuda) {
        List<String> defines = List.of("STUB_DRIVER=\"" + version + '"', "STUB_DRIVER_CUDA=" + cuda);
        for (String name : List.of("libcuda.so.1", "libnvidia-ml.so.1")) {
            compile(folder, name, source("stub_driver.c"), defines);
        }
    }

    /**
     * A CUDA backend, see the head of {@code stub_backend.c}.
     *
     * @param folder where it shall lie
     * @param defines what it pretends, for example {@code STUB_DEVICES=1}
     * @param needed the libraries that it needs
     * @return the file {@code libggml-cuda.so}
     */
    public static Path backend(Path folder, List<String> defines, Path... needed) {
        return backend(folder, "cuda", defines, needed);
    }

    /**
     * Any backend, see the head of {@code stub_backend.c}.
     *
     * @param folder where it shall lie
     * @param name what its file is named after
     * @param defines what it pretends, for example {@code STUB_NAME="ROCm"}
     * @param needed the libraries that it needs
     * @return the file {@code libggml-<name>.so}
     */
    public static Path backend(Path folder, String name, List<String> defines, Path... needed) {
        return compile(folder, "libggml-" + name + ".so", source("stub_backend.c"), defines, needed);
    }

    /**
     * The jar of a backend, laid out by the script of the build.
     *
     * @param jar the file to write
     * @param backend a folder with a backend and its {@code module.properties}
     * @return the file
     */
    public static Path backendJar(Path jar, Path backend) {
        return backendJar(jar, "linux-x86_64-cuda13", backend);
    }

    /**
     * The jar of any backend, laid out by the script of the build.
     *
     * @param jar the file to write
     * @param classifier its classifier
     * @param backend a folder with a backend and its {@code module.properties}
     * @return the file
     */
    public static Path backendJar(Path jar, String classifier, Path backend) {
        Path classes = jar.resolveSibling(jar.getFileName() + "-classes");
        Path manifest = jar.resolveSibling(jar.getFileName() + ".mf");
        execute(List.of(
                root().resolve("platform-jars/native/package-backend.sh").toString(),
                classifier,
                classes.toString(),
                manifest.toString(),
                backend.toString()));
        return jar(jar, manifest, classes);
    }

    /**
     * A jar of all files in a folder.
     *
     * @param jar the file to write
     * @param manifest lines of its manifest, {@code /dev/null} for none
     * @param classes the folder
     * @return the file
     */
    public static Path jar(Path jar, Path manifest, Path classes) {
        try (InputStream lines = Files.newInputStream(manifest);
                OutputStream out = Files.newOutputStream(jar)) {
            Manifest head = new Manifest(lines);
            head.getMainAttributes().putValue("Manifest-Version", "1.0");
            try (JarOutputStream entries = new JarOutputStream(out, head);
                    Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    entries.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                    Files.copy(file, entries);
                }
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        String root = System.getProperty("tokapu.root");
        if (root == null) {
            throw new AssertionError("set -Dtokapu.root to the checkout");
        }
        return Path.of(root);
    }

    private static Path source(String name) {
        return root().resolve("native/tests/stubs").resolve(name);
    }

    private static Path compile(Path folder, String name, Path source, List<String> defines, Path... needed) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path file = folder.resolve(name);
        List<String> command =
                new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-fexceptions", "-Wl,-soname," + name));
        defines.forEach(define -> command.add("-D" + define));
        command.addAll(List.of("-x", "c", source.toString(), "-x", "none", "-Wl,--no-as-needed"));
        Arrays.stream(needed).map(Path::toString).forEach(command::add);
        // What a needed library needs is found when the program runs, or not: that is what is tested.
        command.addAll(List.of("-Wl,--allow-shlib-undefined", "-ldl", "-o", file.toString()));
        execute(command);
        return file;
    }

    private static void execute(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + "\n" + output);
            }
        } catch (IOException e) {
            throw new AssertionError(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
