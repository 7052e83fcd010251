package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.StubLibraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A CUDA backend that a machine cannot use: one warning says why, and models run on the CPU. */
class BackendNotUsedIT extends BackendLoading {

    // --- not found

    @Test
    void load_libraryNowhere_namesItAndWhereAndWhatToDo() {
        Path named = folder.resolve("named");
        backendThatNeeds(cuda(folder.resolve("away"), folder.resolve("away")));
        StubLibraries.library(named, "libcublas.so.99");
        child.option("-Dtokapu.cuda.dir=" + named);

        List<String> lines = run();

        assertNotUsed(
                lines,
                "The cuda backend of " + modules + " is not used: libcudart.so.99 is missing; looked in: ",
                "-Dtokapu.cuda.dir (" + named + ')',
                "bytedeco",
                "Python packages",
                "CUDA_PATH and CUDA_HOME (not set",
                "/usr/local/cuda*",
                "the linker's own folders. Install it, or set -Dtokapu.cuda.dir to the folder that holds it.");
        assertThat(lines).contains("library libcudart.so.99 ");
    }

    @Test
    @Tag("ffm")
    void load_libraryOfLibraryNowhere_namesThatOne() throws IOException {
        Path named = folder.resolve("named");
        backendThatNeeds(cuda(named, named));
        Files.delete(named.resolve("libcublasLt.so.99"));
        child.option("-Dtokapu.cuda.dir=" + named);

        assertNotUsed(run(), "libcublasLt.so.99 is missing", "Install it, or set -Dtokapu.cuda.dir");
    }

    @Test
    @Tag("ffm")
    void load_libraryIsNoLibrary_namesTheFile() throws IOException {
        Path named = folder.resolve("named");
        Path[] libraries = cuda(named, named);
        backendThatNeeds(libraries);
        Files.writeString(libraries[0], "this is not ELF".repeat(100));
        child.option("-Dtokapu.cuda.dir=" + named);

        assertNotUsed(
                run(), "libcudart.so.99 cannot be loaded", libraries[0].toString(), "invalid ELF header", "Install it");
    }

    @Test
    @Tag("ffm")
    void load_backendIsNoLibrary_namesTheFile() throws IOException {
        Path file = Files.writeString(modules.resolve("libggml-cuda.so"), "this is not ELF".repeat(100));

        assertNotUsed(run(), file.toString(), "invalid ELF header", "The file is damaged: fetch it again.");
    }

    @Test
    @Tag("ffm")
    void load_backendIsCutShort_namesTheFile() throws IOException {
        Path file = StubLibraries.backend(modules, List.of("STUB_DEVICES=1"));
        cutInHalf(file);

        assertNotUsed(run(), file.toString(), "is cut short", "The file is damaged: fetch it again.");
    }

    @Test
    @Tag("ffm")
    void load_libraryIsCutShort_namesTheFile() throws IOException {
        Path named = folder.resolve("named");
        Path[] libraries = cuda(named, named);
        backendThatNeeds(libraries);
        cutInHalf(libraries[0]);
        child.option("-Dtokapu.cuda.dir=" + named);

        assertNotUsed(run(), "libcudart.so.99 cannot be loaded", libraries[0].toString(), "is cut short");
    }

    private static void cutInHalf(Path file) throws IOException {
        byte[] half = Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) / 2);
        Files.delete(file);
        Files.write(file, half);
    }

    // --- found, and of no use

    @Test
    void load_noDevice_saysSoAndHowToLook() {
        StubLibraries.backend(modules, List.of("STUB_DEVICES=0"));

        assertNotUsed(
                run(),
                "the backend CUDA finds no device",
                "no CUDA-capable device is detected",
                "nvidia-smi",
                "--gpus all");
    }

    @Test
    @Tag("ffm")
    void load_driverOlderThanToolkit_saysWhichIsNeeded() throws IOException {
        driver("535.104.05", 12020);
        facts("13.0");
        StubLibraries.backend(modules, List.of("STUB_DEVICES=0"));

        assertNotUsed(
                run(),
                "the backend CUDA finds no device",
                "The NVIDIA driver 535.104.05 is made for CUDA 12.2",
                "for 13.0",
                "580 or newer");
    }

    @Test
    @Tag("ffm")
    void load_startGivesUp_saysSo() {
        StubLibraries.backend(modules, List.of("STUB_DEVICES=1", "STUB_START=1"));

        assertNotUsed(run(), modules.toString(), "is not a compute backend that can run here");
    }

    @Test
    void load_startAborts_isCaughtAndTold() {
        StubLibraries.backend(modules, List.of("STUB_DEVICES=1", "STUB_START=2"));

        assertNotUsed(run(), "failed to start", "CUDA error: system not yet initialized");
    }

    @Test
    @Tag("ffm")
    void load_deviceCannotBeStarted_isLeftOutWithOneWarning() {
        StubLibraries.backend(modules, List.of("STUB_DEVICES=1", "STUB_BROKEN"));

        List<String> lines = run();

        assertThat(lines)
                .contains("backend cuda loaded 1", "device CUDA0 the device CUDA0 does not work: it cannot be started");
        assertThat(lines.stream().filter(line -> line.startsWith("warning")).toList())
                .singleElement()
                .asString()
                .contains("CUDA0 not used", "it cannot be started", "Models run on the CPU");
    }

    @Test
    @Tag("ffm")
    void load_driverIsNoLibrary_saysSo() throws IOException {
        StubLibraries.backend(modules, List.of("STUB_DEVICES=1"));
        Files.writeString(folder.resolve("driver/libcuda.so.1"), "this is not ELF".repeat(100));

        assertNotUsed(
                run(), "the NVIDIA driver does not load", "invalid ELF header", "Install the NVIDIA driver again");
    }

    // --- in a jar

    @Test
    void load_jarWithoutDriver_isOneWarning() {
        StubLibraries.backend(modules, List.of("STUB_DEVICES=1"));
        Path jar = StubLibraries.backendJar(folder.resolve("tokapu-native-cuda13.jar"), modules);
        child.withJar(jar).option("-Dtokapu.backend.path=").environment("LD_LIBRARY_PATH", "");

        assertNotUsed(
                run(),
                "The cuda backend of " + jar + " is not used: there is no NVIDIA driver",
                "libcuda.so.1",
                "Install the NVIDIA driver, or take " + jar + " away.");
    }
}
