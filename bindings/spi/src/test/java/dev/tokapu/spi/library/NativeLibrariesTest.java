package dev.tokapu.spi.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.Platform;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {

    private static final Platform LINUX = new Platform("linux", "x86_64");

    @TempDir
    Path temp;

    private final byte[] library = bytes(3_000_000, 1);
    private final byte[] other = bytes(10_000, 2);

    private static byte[] bytes(int n, long seed) {
        byte[] bytes = new byte[n];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private TestJar jar() {
        return new TestJar().file("libtokapu.so", library).file("libggml.so", other);
    }

    private Path locate(Path jar, boolean verify) throws IOException {
        try (URLClassLoader loader = TestJar.loader(jar)) {
            return NativeLibraries.locate(
                    List.of(loader), LINUX, new CacheDirectory(temp.resolve("cache"), true), verify);
        }
    }

    private Set<String> cached() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("cache/native"))) {
            return files.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @Test
    void locate_firstTime_extractsAllIntoDirectoryOfContentHash() throws IOException {
        Path directory = locate(jar().write(temp.resolve("a.jar")), false);

        assertThat(directory).isEqualTo(temp.resolve("cache/native/linux-x86_64-abc123"));
        assertThat(directory.resolve("libtokapu.so")).hasBinaryContent(library);
        assertThat(directory.resolve("libggml.so")).hasBinaryContent(other);
        assertThat(cached()).containsExactlyInAnyOrder("linux-x86_64-abc123", "linux-x86_64-abc123.lock");
    }

    @Test
    void locate_secondTime_writesNothing() throws IOException {
        Path jar = jar().write(temp.resolve("a.jar"));
        Path directory = locate(jar, false);
        FileTime old = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(directory.resolve("libtokapu.so"), old);

        assertThat(locate(jar, false)).isEqualTo(directory);
        assertThat(locate(jar, true)).isEqualTo(directory);
        assertThat(Files.getLastModifiedTime(directory.resolve("libtokapu.so"))).isEqualTo(old);
    }

    @Test
    void locate_extractionWithWrongSize_isDoneAgain() throws IOException {
        Path jar = jar().write(temp.resolve("a.jar"));
        Path file = locate(jar, false).resolve("libtokapu.so");
        Files.write(file, new byte[] {1, 2, 3});

        locate(jar, false);

        assertThat(file).hasBinaryContent(library);
        assertThat(cached()).containsExactlyInAnyOrder("linux-x86_64-abc123", "linux-x86_64-abc123.lock");
    }

    @Test
    void locate_extractionWithSameSizeAndOtherBytes_isFoundByVerify() throws IOException {
        Path jar = jar().write(temp.resolve("a.jar"));
        Path file = locate(jar, false).resolve("libtokapu.so");
        byte[] damaged = library.clone();
        damaged[5] ^= 1;
        Files.write(file, damaged);

        locate(jar, false);
        assertThat(file).hasBinaryContent(damaged);
        locate(jar, true);
        assertThat(file).hasBinaryContent(library);
    }

    @Test
    void locate_directoryWithoutStamp_isDoneAgain() throws IOException {
        Path jar = jar().write(temp.resolve("a.jar"));
        Path directory = locate(jar, false);
        Files.delete(directory.resolve("complete"));
        Files.delete(directory.resolve("libggml.so"));

        locate(jar, false);

        assertThat(directory.resolve("libggml.so")).hasBinaryContent(other);
    }

    @Test
    void locate_leftoverOfKilledProcess_isRemoved() throws IOException {
        Path leftover = temp.resolve("cache/native/.linux-x86_64-abc123-4711");
        Files.createDirectories(leftover);
        Files.write(leftover.resolve("libtokapu.so"), new byte[10]);

        locate(jar().write(temp.resolve("a.jar")), false);

        assertThat(leftover).doesNotExist();
    }

    @Test
    void locate_corruptEntry_namesEntryAndLeavesNothing() throws IOException {
        Path jar = jar().corrupt("libggml.so").write(temp.resolve("a.jar"));

        assertThatThrownBy(() -> locate(jar, false))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContainingAll("libggml.so", "checksum", TestJar.sha256(other), "fetch it again");
        assertThat(cached()).containsExactly("linux-x86_64-abc123.lock");
    }

    @Test
    void locate_missingEntry_saysWhich() throws IOException {
        Path jar = jar().missing("libggml.so").write(temp.resolve("a.jar"));

        assertThatThrownBy(() -> locate(jar, false))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContaining("libggml.so");
    }

    @Test
    void locate_otherAbi_isRefusedBeforeExtraction() throws IOException {
        Path jar = jar().head("# abi 99 llama " + NativeApi.LLAMA_VERSION + " tree fd57 id abc123")
                .write(temp.resolve("a.jar"));

        assertThatThrownBy(() -> locate(jar, false))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContainingAll("a.jar", "tokapu.h version 99", "needs " + NativeApi.ABI_VERSION);
        assertThat(temp.resolve("cache")).doesNotExist();
    }

    @Test
    void locate_otherPlatformOnly_listsWhatIsThere() throws IOException {
        Path jar = jar().classifier("macos-aarch64").write(temp.resolve("a.jar"));

        assertThatThrownBy(() -> locate(jar, false))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContainingAll(
                        "no native libraries for linux-x86_64",
                        "found: macos-aarch64",
                        "Add dev.tokapu:tokapu-native",
                        "-Dtokapu.native.dir");
    }

    @Test
    void locate_nothingOnClassPath_saysNone() {
        assertThatThrownBy(
                        () -> NativeLibraries.locate(List.of(ClassLoader.getPlatformClassLoader()), LINUX, null, false))
                .hasMessageContaining("found: none");
    }

    @Test
    void locate_eightThreads_allGetTheSameCompleteDirectory() throws Exception {
        Path jar = jar().write(temp.resolve("a.jar"));
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService executor = Executors.newFixedThreadPool(8);
        List<Future<Path>> results = new ArrayList<>();
        try {
            Callable<Path> task = () -> {
                start.await();
                return locate(jar, false);
            };
            for (int i = 0; i < 8; i++) {
                results.add(executor.submit(task));
            }
            start.countDown();
            for (Future<Path> result : results) {
                assertThat(result.get().resolve("libtokapu.so")).hasBinaryContent(library);
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(cached()).containsExactlyInAnyOrder("linux-x86_64-abc123", "linux-x86_64-abc123.lock");
    }

    @Test
    void locate_twentyProcessesAndThisOne_allGetTheSameCompleteDirectory() throws Exception {
        Path jar = jar().write(temp.resolve("a.jar"));
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            processes.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx64m",
                            "-XX:ActiveProcessorCount=1",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            ExtractionMain.class.getName(),
                            jar.toString(),
                            temp.resolve("cache").toString())
                    .redirectErrorStream(true)
                    .start());
        }
        Path directory = locate(jar, false);
        for (Process process : processes) {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            assertThat(output.strip()).isEqualTo(directory.toString());
        }
        assertThat(directory.resolve("libtokapu.so")).hasBinaryContent(library);
        assertThat(cached()).containsExactlyInAnyOrder("linux-x86_64-abc123", "linux-x86_64-abc123.lock");
    }

    @Test
    void locate_directoryPropertyWithoutLibrary_namesFileAndProperty() {
        System.setProperty(NativeLibraries.DIRECTORY_PROPERTY, temp.toString());
        try {
            assertThatThrownBy(NativeLibraries::locate)
                    .isInstanceOf(NativeLoadException.class)
                    .hasMessageContainingAll(
                            temp.resolve(System.mapLibraryName("tokapu")).toString(), "-Dtokapu.native.dir");
        } finally {
            System.clearProperty(NativeLibraries.DIRECTORY_PROPERTY);
        }
    }

    @Test
    void locate_directoryProperty_isUsedAsItIs() throws IOException {
        Files.write(temp.resolve(System.mapLibraryName("tokapu")), other);
        System.setProperty(NativeLibraries.DIRECTORY_PROPERTY, temp.toString());
        try {
            assertThat(NativeLibraries.locate()).isEqualTo(temp);
        } finally {
            System.clearProperty(NativeLibraries.DIRECTORY_PROPERTY);
        }
    }

    @Test
    void copyForThisLoader_file_isAnotherFileWithTheSameContent() throws IOException {
        Path file = Files.write(temp.resolve("libjnitokapu.so"), other);
        System.setProperty(NativeLibraries.CACHE_PROPERTY, temp.resolve("cache").toString());
        try {
            Path copy = NativeLibraries.copyForThisLoader(file);
            assertThat(copy).isNotEqualTo(file).hasFileName("libjnitokapu.so").hasBinaryContent(other);
            NativeLibraries.deleteCopy(copy);
            assertThat(temp.resolve("cache")).isEmptyDirectory();
        } finally {
            System.clearProperty(NativeLibraries.CACHE_PROPERTY);
        }
    }

    @Test
    void copyForThisLoader_leftoversOfKilledProcesses_areDeletedAndThoseInUseAreNot() throws IOException {
        Path file = Files.write(temp.resolve("libjnitokapu.so"), other);
        Path cache = Files.createDirectories(temp.resolve("cache"));
        Path old = Files.createDirectories(cache.resolve(".loader-1"));
        Files.write(old.resolve("libjnitokapu.so"), other);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        Path young = Files.createDirectories(cache.resolve(".loader-2"));

        LoaderCopy.of(file, cache);

        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void cannotLoad_reason_isKeptAndPropertiesAreNamed() {
        UnsatisfiedLinkError said = new UnsatisfiedLinkError("failed to map segment from shared object");

        assertThat(NativeLibraries.cannotLoad(Path.of("/x/libtokapu.so"), said))
                .hasMessageContainingAll(
                        "/x/libtokapu.so", "failed to map segment", "-Dtokapu.cache.dir", "-Dtokapu.native.dir")
                .hasCause(said);
    }
}
