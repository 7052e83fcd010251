package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.ChildJvm;
import dev.tokapu.testsupport.StubLibraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A CUDA backend, its driver and its libraries as a machine may have them, each in a JVM of its own with the real linker.
 * They are pretended ({@link StubLibraries}) and of a version of CUDA that no machine has.
 */
@Tag("cpu") // one test needs a machine without a driver
@Tag("checkout") // compiles C
class BackendLoadingIT {

    private static final String DRIVER = "999.88.07";

    @TempDir
    private Path folder;

    private Path modules;
    private ChildJvm child;

    @BeforeEach
    void prepare() throws IOException {
        modules = Files.createDirectories(folder.resolve("modules"));
        facts("99.0");
        child = new ChildJvm(BackendChild.class).option("-Dtokapu.backend.path=" + modules);
        for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX", "CUDA_PATH", "CUDA_HOME")) {
            child.environment(variable, "");
        }
        driver(DRIVER, 99020);
    }

    private void driver(String version, int cuda) {
        StubLibraries.driver(folder.resolve("driver"), version, cuda);
        child.environment("LD_LIBRARY_PATH", folder.resolve("driver").toString());
    }

    private void facts(String toolkit) throws IOException {
        Files.writeString(
                modules.resolve("module.properties"), "backend=cuda\narchitectures=90\ntoolkit=" + toolkit + '\n');
    }

    /** CUDA's libraries of one folder each, as toolkits and wheels have them; libcublas needs libcublasLt. */
    private Path[] cuda(Path runtime, Path blas) {
        Path lt = StubLibraries.library(blas, "libcublasLt.so.99");
        return new Path[] {
            StubLibraries.library(runtime, "libcudart.so.99"), StubLibraries.library(blas, "libcublas.so.99", lt)
        };
    }

    /** A backend that needs libraries; they lie in folders that the linker does not know. */
    private void backendThatNeeds(Path... libraries) {
        StubLibraries.backend(modules, List.of("STUB_DEVICES=1"), libraries);
    }

    /**
     * The lines of the child. Whatever it found, the CPU or what pretends to be a GPU computes what this process does, but for
     * the rounding: only the CPU's own buffers hold rearranged weights.
     */
    private List<String> run() {
        ChildJvm.Result result = child.run(TestModels.tinyFile().toString());
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.err()).as("printed by the library").isEmpty();
        List<String> lines = result.out().lines().toList();
        String last = lines.get(lines.size() - 1);
        assertThat(last).startsWith("logits [");
        String[] values = last.substring("logits [".length(), last.length() - 1).split(", ", -1);
        float[] logits = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            logits[i] = Float.parseFloat(values[i]);
        }
        assertThat(logits).containsExactly(logits(), Offset.offset(0.01f));
        return lines;
    }

    private static float[] logits() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(BackendChild.CONTEXT)) {
            context.decode(new Batch(3).addAll(new int[] {3, 4, 5}, 0, 0));
            return context.outputs().logits(2);
        }
    }

    private static void assertInUse(List<String> lines) {
        assertThat(lines)
                .contains("backend cuda loaded 1", "device CUDA0 ")
                .noneMatch(line -> line.startsWith("warning"));
    }

    /** Exactly one warning, which holds all of this in this order. */
    private void assertNotUsed(List<String> lines, String... parts) {
        assertThat(lines).contains("backend cuda failed").noneMatch(line -> line.startsWith("device CUDA"));
        List<String> warnings =
                lines.stream().filter(line -> line.startsWith("warning")).toList();
        assertThat(warnings).singleElement().asString().containsSubsequence(parts);
    }

    // --- found

    @Test
    void load_librariesInNamedFolder_areFoundAndTheBackendComputes() {
        Path named = folder.resolve("named");
        Path[] libraries = cuda(named, named);
        backendThatNeeds(libraries);
        child.option("-Dtokapu.cuda.dir=" + named);

        List<String> lines = run();

        assertInUse(lines);
        assertThat(lines)
                .contains(
                        "library libcudart.so.99 " + libraries[0],
                        "library libcublas.so.99 " + libraries[1],
                        "library libcublasLt.so.99 " + named.resolve("libcublasLt.so.99"));
    }

    @Test
    void load_librariesInPythonPackages_areFound() {
        Path packages = folder.resolve("venv/lib/python3.12/site-packages/nvidia");
        Path[] libraries = cuda(packages.resolve("cuda_runtime/lib"), packages.resolve("cublas/lib"));
        backendThatNeeds(libraries);
        child.environment("VIRTUAL_ENV", folder.resolve("venv").toString());

        List<String> lines = run();

        assertInUse(lines);
        assertThat(lines)
                .contains("library libcudart.so.99 " + libraries[0], "library libcublas.so.99 " + libraries[1]);
    }

    @Test
    void load_librariesInToolkit_areFound() {
        Path lib = folder.resolve("cuda-99.0/lib64");
        Path[] libraries = cuda(lib, lib);
        backendThatNeeds(libraries);
        child.environment("CUDA_PATH", folder.resolve("cuda-99.0").toString());

        List<String> lines = run();

        assertInUse(lines);
        assertThat(lines).contains("library libcudart.so.99 " + libraries[0]);
    }

    @Test
    void load_librariesThatTheLinkerKnows_areLeftToIt() {
        Path system = folder.resolve("driver");
        backendThatNeeds(cuda(system, system));

        List<String> lines = run();

        assertInUse(lines);
        assertThat(lines)
                .contains("library libcublas.so.99 " + system.resolve("libcublas.so.99"))
                .noneMatch(line -> line.contains("libcudart"));
    }

    @Test
    void load_librariesInRedistributableJar_areUnpacked() {
        Path classes = folder.resolve("classes");
        Path inside = classes.resolve("org/bytedeco/cuda/linux-x86_64");
        backendThatNeeds(cuda(inside, inside));
        child.withJar(StubLibraries.jar(folder.resolve("cuda-redist.jar"), Path.of("/dev/null"), classes))
                .option("-Dtokapu.cache.dir=" + folder.resolve("cache"));

        List<String> lines = run();

        assertInUse(lines);
        assertThat(lines).anyMatch(line -> line.startsWith("library libcudart.so.99 " + folder.resolve("cache")));
    }

    @Test
    void load_nothingNeeded_isLoadedWithoutHelpfulLibraries() {
        backendThatNeeds();

        List<String> lines = run();

        assertInUse(lines);
        assertThat(lines).contains("library libcublasLt.so.99 ", "library libcublas.so.99 ");
    }

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
    void load_libraryOfLibraryNowhere_namesThatOne() throws IOException {
        Path named = folder.resolve("named");
        backendThatNeeds(cuda(named, named));
        Files.delete(named.resolve("libcublasLt.so.99"));
        child.option("-Dtokapu.cuda.dir=" + named);

        assertNotUsed(run(), "libcublasLt.so.99 is missing", "Install it, or set -Dtokapu.cuda.dir");
    }

    @Test
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
    void load_backendIsNoLibrary_namesTheFile() throws IOException {
        Path file = Files.writeString(modules.resolve("libggml-cuda.so"), "this is not ELF".repeat(100));

        assertNotUsed(run(), file.toString(), "invalid ELF header", "The file is damaged: fetch it again.");
    }

    @Test
    void load_backendIsCutShort_namesTheFile() throws IOException {
        Path file = StubLibraries.backend(modules, List.of("STUB_DEVICES=1"));
        cutInHalf(file);

        assertNotUsed(run(), file.toString(), "is cut short", "The file is damaged: fetch it again.");
    }

    @Test
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

    @Test
    void load_jarWithDriver_isUnpackedAndUsed() {
        StubLibraries.backend(modules, List.of("STUB_DEVICES=1"));
        Path jar = StubLibraries.backendJar(folder.resolve("tokapu-native-cuda13.jar"), modules);
        child.withJar(jar).option("-Dtokapu.backend.path=").option("-Dtokapu.cache.dir=" + folder.resolve("cache"));

        assertInUse(run());
    }
}
