package dev.tokapu.spi.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackendLoaderTest {

    private static final String WITHOUT_CUBLAS =
            "own kernels are used; NVIDIA's CUDA toolkit has it, and so has its Python package nvidia-cublas";

    @TempDir
    Path folder;

    private final FakeLinker linker = new FakeLinker();
    private final Map<String, String> properties = new HashMap<>();
    private String module = "";

    @BeforeEach
    void nameTheModule() {
        module = folder.resolve("libggml-cuda.so").toString();
    }

    private void facts(String text) throws IOException {
        Files.writeString(folder.resolve("module.properties"), text);
    }

    /** A file that the linker takes. */
    private String cudaLibrary(String name, String... needed) throws IOException {
        Path file = Files.createDirectories(folder.resolve("cuda")).resolve(name);
        Files.writeString(file, "");
        linker.library(file.toString(), needed);
        properties.put("tokapu.cuda.dir", file.getParent().toString());
        return file.toString();
    }

    private Backend load() {
        return load("cuda");
    }

    private Backend load(String name) {
        SystemEnvironment surroundings =
                new SystemEnvironment(properties::get, variable -> null, folder.resolve("root"));
        LibrarySearch search = new LibrarySearch(
                surroundings, List.of(ClassLoader.getPlatformClassLoader()), new Platform("linux", "x86_64"));
        return new BackendLoader(linker.api(), search).load(new BackendModule(name, "some.jar", () -> Path.of(module)));
    }

    @Test
    void load_nothingMissing_isLoaded() throws IOException {
        facts("toolkit=13.0\narchitectures=90\n");
        linker.library("libcuda.so.1").library(module, "libcuda.so.1");

        Backend backend = load();

        assertThat(backend.state()).isEqualTo(Backend.State.LOADED);
        assertThat(backend.devices()).isEqualTo(1);
        assertThat(backend.problem()).isEmpty();
        assertThat(backend.facts()).containsEntry("toolkit", "13.0").containsEntry("architectures", "90");
    }

    @Test
    void load_libraryThatNeedsAnother_opensBothByTheirPaths() throws IOException {
        linker.library("libcuda.so.1").library(module, "libcublas.so.13", "libcuda.so.1");
        String blas = cudaLibrary("libcublas.so.13", "libcublasLt.so.13");
        String lt = cudaLibrary("libcublasLt.so.13");

        Backend backend = load();

        assertThat(backend.state()).as(backend.problem()).isEqualTo(Backend.State.LOADED);
        assertThat(linker.calls())
                .startsWith(
                        "open libcuda.so.1",
                        "load " + module,
                        "open " + blas,
                        "open " + lt,
                        "open " + blas,
                        "load " + module);
        assertThat(backend.libraries())
                .contains(
                        new Backend.Library("libcublasLt.so.13", lt, WITHOUT_CUBLAS),
                        new Backend.Library("libcublas.so.13", blas, WITHOUT_CUBLAS));
    }

    @Test
    void load_libraryNowhere_saysWhichAndWhereAndWhatToDo() throws IOException {
        linker.library("libcuda.so.1").library(module, "libcublas.so.13");
        cudaLibrary("libcudart.so.13");

        Backend backend = load();

        assertThat(backend.state()).isEqualTo(Backend.State.FAILED);
        assertThat(backend.problem())
                .startsWith("libcublas.so.13 is missing; looked in: -Dtokapu.cuda.dir (" + folder.resolve("cuda"))
                .contains("bytedeco", "Python packages (no nvidia/*/lib)", "CUDA_PATH", "/usr/local/cuda*", "linker");
        assertThat(backend.advice()).isEqualTo("Install it, or set -Dtokapu.cuda.dir to the folder that holds it.");
        assertThat(backend.libraries()).containsExactly(new Backend.Library("libcublas.so.13", "", ""));
    }

    @Test
    void load_libraryIsBroken_saysWhatTheLinkerSaid() throws IOException {
        linker.library("libcuda.so.1").library(module, "libcublas.so.13");
        linker.refuse(cudaLibrary("libcublas.so.13"), "file too short");

        assertThat(load().problem())
                .startsWith("libcublas.so.13 cannot be loaded; ")
                .contains("file too short");
    }

    @Test
    void load_noDriver_unpacksNothingAndNamesTheDriver() {
        Backend backend = new BackendLoader(linker.api(), null).load(new BackendModule("cuda", "some.jar", () -> {
            throw new AssertionError("unpacked");
        }));

        assertThat(backend.state()).isEqualTo(Backend.State.FAILED);
        assertThat(backend.problem()).contains("there is no NVIDIA driver", "libcuda.so.1");
        assertThat(backend.advice()).isEqualTo("Install the NVIDIA driver, or take some.jar away.");
        assertThat(linker.calls()).containsExactly("open libcuda.so.1");
    }

    @Test
    void load_brokenDriver_saysWhatTheLinkerSaid() {
        linker.refuse("libcuda.so.1", "libcuda.so.1: file too short");

        assertThat(load().problem()).contains("NVIDIA driver does not load", "file too short");
    }

    @Test
    void load_noVulkanLoader_namesItsPackage() {
        Backend backend = load("vulkan");

        assertThat(backend.problem()).contains("no Vulkan loader");
        assertThat(backend.advice()).contains("libvulkan1");
    }

    @Test
    void load_noOpenclLoader_namesItsPackage() {
        Backend backend = load("opencl");

        assertThat(backend.problem()).contains("no OpenCL loader", "libOpenCL.so.1");
        assertThat(backend.advice()).contains("ocl-icd-libopencl1");
    }

    @ParameterizedTest
    @CsvSource({
        "hip, libamdhip64.so.7, -Dtokapu.rocm.dir (not set), -Dtokapu.rocm.dir",
        "sycl, libsycl.so.8, -Dtokapu.oneapi.dir (not set), -Dtokapu.oneapi.dir",
        "metal, libother.dylib, the linker's own folders, Install it."
    })
    void load_libraryOfAMakerNowhere_saysWhereItsLibrariesAreLookedFor(
            String kind, String library, String looked, String advice) {
        linker.library(module, library);

        Backend backend = load(kind);

        assertThat(backend.state()).isEqualTo(Backend.State.FAILED);
        assertThat(backend.problem())
                .startsWith(library + " is missing; looked in: ")
                .contains(looked);
        assertThat(backend.advice()).contains(advice);
    }

    @ParameterizedTest
    @CsvSource({
        "hip, rocminfo",
        "sycl, sycl-ls",
        "metal, virtual machine",
        "vulkan, vulkaninfo",
        "opencl, clinfo",
    })
    void load_noDevice_saysHowToLookWithItsOwnTools(String kind, String tool) {
        linker.library("libvulkan.so.1").library("libOpenCL.so.1").refuse(module, "the backend X finds no device");

        assertThat(load(kind).advice()).contains(tool);
    }

    @Test
    void load_driverOlderThanToolkit_saysWhichIsNeeded() throws IOException {
        facts("toolkit=13.0");
        linker.library("libcuda.so.1").driver("535.104.05\t12.2").refuse(module, "the backend CUDA finds no device");

        Backend backend = load();

        assertThat(backend.problem()).contains("finds no device");
        assertThat(backend.advice()).contains("535.104.05", "CUDA 12.2", "580 or newer", "CUDA 12");
    }

    @Test
    void load_noDeviceWithGoodDriver_saysHowToLook() throws IOException {
        facts("toolkit=13.0");
        linker.library("libcuda.so.1").driver("580.1\t13.0").refuse(module, "the backend CUDA finds no device");

        assertThat(load().advice()).contains("nvidia-smi", "--gpus all");
    }

    @Test
    void load_damagedBackend_saysToFetchItAgain() {
        linker.library("libcuda.so.1")
                .refuse(module, "'" + module + "' cannot be loaded: " + module + ": invalid ELF header");

        assertThat(load().advice()).isEqualTo("The file is damaged: fetch it again.");
    }

    @Test
    void load_jarOfAnotherVersion_becomesTheProblem() {
        linker.library("libcuda.so.1");

        Backend backend = new BackendLoader(linker.api(), null).load(new BackendModule("cuda", "some.jar", () -> {
            throw new NativeLoadException("made for another");
        }));

        assertThat(backend.state()).isEqualTo(Backend.State.FAILED);
        assertThat(backend.problem()).isEqualTo("made for another");
        assertThat(backend.file()).isNull();
    }

    @Test
    void load_helpfulLibraryNowhere_isLoadedAllTheSame() throws IOException {
        facts("toolkit=12.6");
        linker.library("libcuda.so.1").library(module);

        Backend backend = load();

        assertThat(backend.state()).isEqualTo(Backend.State.LOADED);
        assertThat(backend.libraries())
                .containsExactly(
                        new Backend.Library("libcublasLt.so.12", "", WITHOUT_CUBLAS),
                        new Backend.Library("libcublas.so.12", "", WITHOUT_CUBLAS));
    }

    @Test
    void load_helpfulLibraryKnownToTheLinker_isFoundByItsName() throws IOException {
        facts("toolkit=13.0");
        linker.library("libcuda.so.1")
                .library(module)
                .library("libcublasLt.so.13")
                .library("libcublas.so.13");

        assertThat(load().libraries())
                .extracting(Backend.Library::path)
                .containsExactly("libcublasLt.so.13", "libcublas.so.13");
    }

    @Test
    void load_librariesThatNeedEachOther_endsWithTheLinkersWords() throws IOException {
        linker.library("libcuda.so.1").library(module, "liba.so");
        cudaLibrary("liba.so", "libb.so");
        cudaLibrary("libb.so", "liba.so");

        assertThat(load().problem()).contains("liba.so");
        assertThat(linker.calls()).hasSizeLessThan(100);
    }

    @Test
    void missingIn_otherFailures_isNull() {
        assertThat(BackendLoader.missingIn("/x/libggml-cuda.so: undefined symbol: ggml_abort"))
                .isNull();
        assertThat(BackendLoader.missingIn("/x/y.so: cannot open shared object file: No such file"))
                .isNull();
        assertThat(BackendLoader.missingIn("'/x y/m.so' cannot be loaded: libcublas.so.13: cannot open shared object"
                        + " file: No such file or directory"))
                .isEqualTo("libcublas.so.13");
    }
}
