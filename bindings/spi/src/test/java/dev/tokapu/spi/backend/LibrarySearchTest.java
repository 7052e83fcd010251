package dev.tokapu.spi.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.Platform;
import dev.tokapu.spi.library.NativeLibraries;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibrarySearchTest {

    private static final String NAME = "libcublas.so.13";
    private static final String RESOURCE = "org/bytedeco/cuda/linux-x86_64/" + NAME;

    private static final BackendKind.Places CUDA = BackendKind.of("cuda").places();

    @TempDir
    Path temp;

    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();

    @BeforeEach
    void useOwnCache() {
        System.setProperty(NativeLibraries.CACHE_PROPERTY, temp.resolve("cache").toString());
    }

    @AfterEach
    void useUsersCache() {
        System.clearProperty(NativeLibraries.CACHE_PROPERTY);
    }

    private LibrarySearch search(ClassLoader loader) {
        return new LibrarySearch(
                new SystemEnvironment(properties::get, variables::get, temp.resolve("root")),
                List.of(loader),
                new Platform("linux", "x86_64"));
    }

    private LibrarySearch search() {
        return search(ClassLoader.getPlatformClassLoader());
    }

    private Path put(String folder) throws IOException {
        return Files.writeString(Files.createDirectories(temp.resolve(folder)).resolve(NAME), folder);
    }

    private Path jar(String content) throws IOException {
        Path file = temp.resolve("cuda-redist.jar");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(RESOURCE));
            zip.write(content.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    @Test
    void files_nowhere_isEmptyAndSaysWhereItLooked() {
        assertThat(search().files(CUDA, NAME)).isEmpty();
        assertThat(search().described(CUDA))
                .isEqualTo("-Dtokapu.cuda.dir (not set); bytedeco's cuda jar on the class path;"
                        + " Python packages (no nvidia/*/lib); CUDA_PATH and CUDA_HOME (not set, or without libraries);"
                        + " /usr/local/cuda* (not there); the linker's own folders");
    }

    @Test
    void files_everywhere_comeInOrder() throws IOException {
        variables.put("VIRTUAL_ENV", temp.resolve("venv").toString());
        variables.put("CONDA_PREFIX", temp.resolve("conda").toString());
        variables.put("CUDA_PATH", temp.resolve("toolkit").toString());
        properties.put("user.home", temp.resolve("home").toString());

        assertThat(List.of(
                        put("venv/lib/python3.12/site-packages/nvidia/cublas/lib"),
                        put("conda/lib/python3.11/site-packages/nvidia/cu13/lib"),
                        put("home/.local/lib/python3.11/site-packages/nvidia/cublas/lib"),
                        put("root/usr/local/lib/python3.11/dist-packages/nvidia/cublas/lib"),
                        put("root/usr/lib/python3/dist-packages/nvidia/cublas/lib"),
                        put("toolkit/lib64"),
                        put("root/usr/local/cuda-13.0/targets/x86_64-linux/lib"),
                        put("root/usr/local/cuda/lib64")))
                .isEqualTo(search().files(CUDA, NAME));
    }

    @Test
    void files_stubsOfAToolkit_areNotLookedInto() throws IOException {
        put("root/usr/local/cuda/lib64/stubs");

        assertThat(search().files(CUDA, NAME)).isEmpty();
    }

    @Test
    void files_inNamedFolder_areTheOnlyOnes() throws IOException {
        put("root/usr/local/cuda/lib64");
        Path named = put("second");
        properties.put("tokapu.cuda.dir", temp.resolve("first") + File.pathSeparator + named.getParent());

        assertThat(search().files(CUDA, NAME)).containsExactly(named);
    }

    @Test
    void files_inBytedecosJar_areUnpackedOnce() throws IOException {
        Path jar = jar("the library");
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            Path file = search(loader).files(CUDA, NAME).get(0);

            assertThat(file).hasContent("the library").hasFileName(NAME).startsWith(temp.resolve("cache/native"));
            assertThat(search(loader).files(CUDA, NAME)).containsExactly(file);
        }
    }

    @Test
    void files_inFolderOnTheClassPath_areUsedInPlace() throws IOException {
        Path file = temp.resolve("classes").resolve(RESOURCE);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "x");
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {temp.resolve("classes").toUri().toURL()}, null)) {
            assertThat(search(loader).files(CUDA, NAME)).containsExactly(file);
        }
    }

    @Test
    void files_inDamagedJar_isRefused() throws IOException {
        Path jar = jar("the library");
        byte[] bytes = Files.readAllBytes(jar);
        // The CRC of the entry in the central directory, which begins with PK 1 2.
        int directory = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\001\002");
        bytes[directory + 16] ^= 1;
        Files.write(jar, bytes);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            assertThatThrownBy(() -> search(loader).files(CUDA, NAME))
                    .isInstanceOf(NativeLoadException.class)
                    .hasMessageContainingAll(RESOURCE, "is damaged");
        }
    }

    @Test
    void files_ofRocm_areLookedForInItsOwnPlaces() throws IOException {
        BackendKind.Places rocm = BackendKind.of("hip").places();
        variables.put("VIRTUAL_ENV", temp.resolve("venv").toString());
        variables.put("ROCM_PATH", temp.resolve("toolkit").toString());
        put("root/usr/local/cuda/lib64");

        assertThat(List.of(
                        put("venv/lib/python3.12/site-packages/_rocm_sdk_core/lib"),
                        put("toolkit/lib"),
                        put("root/opt/rocm-7.0.1/lib"),
                        put("root/opt/rocm/lib")))
                .isEqualTo(search().files(rocm, NAME));
        Path named = put("named");
        properties.put("tokapu.rocm.dir", named.getParent().toString());
        assertThat(search().files(rocm, NAME)).containsExactly(named);
        assertThat(search().described(rocm)).contains("-Dtokapu.rocm.dir (", "ROCM_PATH and HIP_PATH", "/opt/rocm*");
    }

    @Test
    void files_ofOneapi_areLookedForBesideThoseOfPython() throws IOException {
        BackendKind.Places oneapi = BackendKind.of("sycl").places();
        variables.put("VIRTUAL_ENV", temp.resolve("venv").toString());
        variables.put("MKLROOT", temp.resolve("mkl").toString());
        Files.createDirectories(temp.resolve("venv/lib/python3.12/site-packages"));

        assertThat(List.of(put("venv/lib"), put("mkl/lib"), put("root/opt/intel/oneapi/compiler/latest/lib")))
                .isEqualTo(search().files(oneapi, NAME));
    }

    @Test
    void files_ofABackendWithoutPlaces_areTheLinkersAlone() throws IOException {
        BackendKind.Places vulkan = BackendKind.of("vulkan").places();
        put("root/usr/local/cuda/lib64");

        assertThat(search().files(vulkan, NAME)).isEmpty();
        assertThat(search().described(vulkan)).isEqualTo("the linker's own folders");
    }
}
