package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.StubLibraries;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A CUDA backend that a machine can use: its libraries are found, wherever they lie. */
class BackendLoadingIT extends BackendLoading {

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
    @Tag("ffm")
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
    @Tag("ffm")
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
    @Tag("ffm")
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
    @Tag("ffm")
    void load_nothingNeeded_isLoadedWithoutHelpfulLibraries() {
        backendThatNeeds();

        List<String> lines = run();

        assertInUse(lines);
        assertThat(lines).contains("library libcublasLt.so.99 ", "library libcublas.so.99 ");
    }

    @Test
    void load_jarWithDriver_isUnpackedAndUsed() {
        StubLibraries.backend(modules, List.of("STUB_DEVICES=1"));
        Path jar = StubLibraries.backendJar(folder.resolve("tokapu-native-cuda13.jar"), modules);
        child.withJar(jar).option("-Dtokapu.backend.path=").option("-Dtokapu.cache.dir=" + folder.resolve("cache"));

        assertInUse(run());
    }
}
