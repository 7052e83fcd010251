package dev.tokapu.spi.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.Platform;
import dev.tokapu.spi.library.CacheDirectory;
import dev.tokapu.spi.library.TestJar;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendFinderTest {

    private static final Platform LINUX = new Platform("linux", "x86_64");
    private static final byte[] MODULE = {1, 2, 3, 4};

    @TempDir
    Path temp;

    private Path cudaJar() throws IOException {
        return jar("linux-x86_64-cuda13").write(temp.resolve("cuda.jar"));
    }

    private static TestJar jar(String classifier) {
        return new TestJar()
                .classifier(classifier)
                .file("libggml-cuda.so", MODULE)
                .file("module.properties", new byte[] {'#'});
    }

    private static URLClassLoader loader(Path... jars) throws IOException {
        URL[] urls = new URL[jars.length];
        for (int i = 0; i < jars.length; i++) {
            urls[i] = jars[i].toUri().toURL();
        }
        return new URLClassLoader(urls, null);
    }

    private BackendFinder finder(ClassLoader loader) {
        return new BackendFinder(List.of(loader), LINUX, new CacheDirectory(temp.resolve("cache"), true), false);
    }

    @Test
    void inJars_nothingThere_isEmpty() throws IOException {
        try (URLClassLoader loader = loader()) {
            assertThat(finder(loader).inJars()).isEmpty();
        }
    }

    @Test
    void inJars_cudaJar_isUnpackedWhenAskedFor() throws IOException {
        Path jar = cudaJar();
        try (URLClassLoader loader = loader(jar)) {
            BackendModule module = finder(loader).inJars().get(0);

            assertThat(module.name()).isEqualTo("cuda");
            assertThat(module.origin()).isEqualTo(jar.toString());
            assertThat(temp.resolve("cache")).doesNotExist();
            assertThat(module.file().get())
                    .isEqualTo(temp.resolve("cache/native/linux-x86_64-cuda13-abc123/libggml-cuda.so"))
                    .hasBinaryContent(MODULE);
        }
    }

    @Test
    void inJars_bothCudaJars_newerComesFirst() throws IOException {
        Path older = jar("linux-x86_64-cuda12").write(temp.resolve("older.jar"));
        Path newer = cudaJar();
        try (URLClassLoader loader = loader(older, newer)) {
            assertThat(finder(loader).inJars())
                    .extracting(BackendModule::origin)
                    .containsExactly(newer.toString(), older.toString());
        }
    }

    @Test
    void inJars_anotherPlatform_isNotSeen() throws IOException {
        try (URLClassLoader loader = loader(jar("windows-x86_64-cuda13").write(temp.resolve("windows.jar")))) {
            assertThat(finder(loader).inJars()).isEmpty();
        }
    }

    @Test
    void file_otherTreeThanTheCpuJar_isRefusedBeforeUnpacking() throws IOException {
        Path cpu = new TestJar().file("libtokapu.so", MODULE).write(temp.resolve("cpu.jar"));
        Path cuda = jar("linux-x86_64-cuda13")
                .head("# abi " + NativeApi.ABI_VERSION + " llama " + NativeApi.LLAMA_VERSION + " tree 0bad id abc123")
                .write(temp.resolve("cuda.jar"));
        try (URLClassLoader loader = loader(cpu, cuda)) {
            BackendModule module = finder(loader).inJars().get(0);

            assertThatThrownBy(module.file()::get)
                    .isInstanceOf(NativeLoadException.class)
                    .hasMessageContainingAll(
                            cuda.toString(), "tree 0bad", cpu.toString(), "fd57", "Use both in the same version");
            assertThat(temp.resolve("cache")).doesNotExist();
        }
    }

    @Test
    void file_sameTreeAsTheCpuJar_isUnpacked() throws IOException {
        Path cpu = new TestJar().file("libtokapu.so", MODULE).write(temp.resolve("cpu.jar"));
        try (URLClassLoader loader = loader(cpu, cudaJar())) {
            assertThat(finder(loader).inJars().get(0).file().get()).hasBinaryContent(MODULE);
        }
    }

    @Test
    void file_otherRelease_isRefused() throws IOException {
        Path cuda = jar("linux-x86_64-cuda13")
                .head("# abi " + NativeApi.ABI_VERSION + " llama 0.4.0 tree fd57 id abc123")
                .write(temp.resolve("cuda.jar"));
        try (URLClassLoader loader = loader(cuda)) {
            assertThatThrownBy(finder(loader).inJars().get(0).file()::get)
                    .hasMessageContainingAll("llama.cpp 0.4.0", NativeApi.LLAMA_VERSION);
        }
    }

    @Test
    void file_damagedJar_saysSo() throws IOException {
        Path cuda = jar("linux-x86_64-cuda13").corrupt("libggml-cuda.so").write(temp.resolve("cuda.jar"));
        try (URLClassLoader loader = loader(cuda)) {
            assertThatThrownBy(finder(loader).inJars().get(0).file()::get)
                    .isInstanceOf(NativeLoadException.class)
                    .hasMessageContainingAll("libggml-cuda.so", "The jar is damaged");
        }
    }

    @Test
    void file_jarWithoutModule_saysSo() throws IOException {
        Path cuda = new TestJar()
                .classifier("linux-x86_64-cuda13")
                .file("module.properties", MODULE)
                .write(temp.resolve("cuda.jar"));
        try (URLClassLoader loader = loader(cuda)) {
            assertThatThrownBy(finder(loader).inJars().get(0).file()::get)
                    .hasMessageContaining("does not list libggml-cuda.so");
        }
    }

    @Test
    void inFolder_setOfTheCpu_holdsNone() throws IOException {
        for (String name :
                List.of("ggml", "ggml-base", "ggml-cpu-haswell", "ggml-cpu", "ggml-rpc", "tokapu", "llama")) {
            Files.write(temp.resolve("lib" + name + ".so"), MODULE);
        }
        assertThat(BackendFinder.inFolder(temp)).isEmpty();
    }

    @Test
    void inFolder_modules_areFoundByName() throws IOException {
        Files.write(temp.resolve("libggml-vulkan.so"), MODULE);
        Path cuda = Files.write(temp.resolve("libggml-cuda.so"), MODULE);

        List<BackendModule> modules = BackendFinder.inFolder(temp);

        assertThat(modules).extracting(BackendModule::name).containsExactly("cuda", "vulkan");
        assertThat(modules.get(0).file().get()).isEqualTo(cuda);
    }

    @Test
    void folders_severalWithGaps_areAbsolute() {
        assertThat(BackendFinder.folders(null)).isEmpty();
        assertThat(BackendFinder.folders("  ")).isEmpty();
        assertThat(BackendFinder.folders("/a" + File.pathSeparator + File.pathSeparator + "b/../c"))
                .containsExactly(Path.of("/a"), Path.of("c").toAbsolutePath());
    }

    @Test
    void inJars_ofEveryBackend_areNamedAsTheirFiles() throws IOException {
        List<String> suffixes = List.of("opencl", "vulkan", "sycl", "rocm", "cuda13");
        List<String> files = List.of("opencl", "vulkan", "sycl", "hip", "cuda");
        Path[] jars = new Path[suffixes.size()];
        for (int i = 0; i < jars.length; i++) {
            jars[i] = new TestJar()
                    .classifier("linux-x86_64-" + suffixes.get(i))
                    .file("libggml-" + files.get(i) + ".so", MODULE)
                    .write(temp.resolve(suffixes.get(i) + ".jar"));
        }
        try (URLClassLoader loader = loader(jars)) {
            List<BackendModule> modules = finder(loader).inJars();

            // A maker's own backend comes before one that drives the hardware of all.
            assertThat(modules)
                    .extracting(BackendModule::name)
                    .containsExactly("cuda", "hip", "sycl", "vulkan", "opencl");
            assertThat(modules)
                    .allSatisfy(module -> assertThat(module.file().get()).hasBinaryContent(MODULE));
        }
    }

    @Test
    void inFolder_ofOtherSystems_modulesAreFound() throws IOException {
        Files.write(temp.resolve("libggml-metal.so"), MODULE);
        Files.write(temp.resolve("ggml-vulkan.dll"), MODULE);
        Files.write(temp.resolve("ggml-base.dll"), MODULE);
        Files.write(temp.resolve("ggml-cpu-haswell.dll"), MODULE);

        assertThat(BackendFinder.inFolder(temp))
                .extracting(BackendModule::name)
                .containsExactlyInAnyOrder("metal", "vulkan");
    }
}
