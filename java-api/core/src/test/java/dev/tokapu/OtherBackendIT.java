package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.StubLibraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Backends of other makers than NVIDIA, pretended as those of CUDA are. */
class OtherBackendIT extends BackendLoading {

    private void backend(String name, String says, int devices, Path... needed) throws IOException {
        Files.writeString(modules.resolve("module.properties"), "backend=" + name + "\narchitectures=\ntoolkit=99.0\n");
        StubLibraries.backend(modules, name, List.of("STUB_NAME=\"" + says + '"', "STUB_DEVICES=" + devices), needed);
    }

    private void assertInUse(List<String> lines, String name, String device) {
        assertThat(lines)
                .contains("backend " + name + " loaded 1", "device " + device + ' ')
                .noneMatch(line -> line.startsWith("warning"));
    }

    @ParameterizedTest
    @Tag("ffm")
    @CsvSource({"hip, ROCm, libamdhip64.so.99, tokapu.rocm.dir", "sycl, SYCL, libsycl.so.99, tokapu.oneapi.dir"})
    void load_librariesInNamedFolder_areFoundAndTheBackendComputes(
            String name, String says, String library, String property) throws IOException {
        Path named = folder.resolve("named");
        Path file = StubLibraries.library(named, library);
        backend(name, says, 1, file);
        child.option("-D" + property + '=' + named);

        List<String> lines = run();

        assertInUse(lines, name, says + '0');
        assertThat(lines).contains("library " + library + ' ' + file);
    }

    @ParameterizedTest
    @Tag("ffm")
    @CsvSource({"vulkan, Vulkan, libvulkan.so.1", "opencl, OpenCL, libOpenCL.so.1"})
    void load_loaderThatTheSystemHas_isUsed(String name, String says, String loader) throws IOException {
        StubLibraries.library(folder.resolve("driver"), loader);
        backend(name, says, 1);

        assertInUse(run(), name, says + '0');
    }

    @Test
    @Tag("ffm")
    void load_metalAmongThePlatformsOwnLibraries_isUsed() throws IOException {
        // macOS's set of libraries has it; here that set is a copy with a pretended Metal.
        Path set = Files.createDirectories(folder.resolve("set"));
        try (var files = Files.list(Tokapu.nativeDirectory())) {
            for (Path file : files.toList()) {
                Files.copy(file, set.resolve(file.getFileName()));
            }
        }
        StubLibraries.backend(set, "metal", List.of("STUB_NAME=\"Metal\"", "STUB_DEVICES=1"));
        child.option("-Dtokapu.backend.path=").option("-Dtokapu.native.dir=" + set);

        assertInUse(run(), "metal", "Metal0");
    }

    @Test
    void load_rocmWithoutItsLibraries_saysWhereTheyAreLookedFor() throws IOException {
        backend("hip", "ROCm", 1, StubLibraries.library(folder.resolve("away"), "libamdhip64.so.99"));

        List<String> warnings = notUsed(run(), "hip");

        assertThat(warnings)
                .singleElement()
                .asString()
                .containsSubsequence(
                        "The hip backend of " + modules + " is not used: libamdhip64.so.99 is missing; looked in: ",
                        "-Dtokapu.rocm.dir (not set)",
                        "ROCM_PATH and HIP_PATH",
                        "/opt/rocm*",
                        "Install it, or set -Dtokapu.rocm.dir");
    }

    @Test
    @Tag("ffm")
    void load_syclWithoutDevice_saysHowToLook() throws IOException {
        backend("sycl", "SYCL", 0);

        assertThat(notUsed(run(), "sycl"))
                .singleElement()
                .asString()
                .containsSubsequence("the backend SYCL finds no device", "sycl-ls", "--device /dev/dri");
    }

    private static List<String> notUsed(List<String> lines, String name) {
        assertThat(lines).contains("backend " + name + " failed");
        return lines.stream().filter(line -> line.startsWith("warning")).toList();
    }
}
