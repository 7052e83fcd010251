package dev.tokapu.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.library.NativeLibraries;
import dev.tokapu.testsupport.ChildJvm;
import dev.tokapu.testsupport.StubLibraries;
import dev.tokapu.testsupport.Thorough;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that has loaded another library of the name of one of ours: the linker takes it for ours, whatever is in it. The
 * process must not end.
 */
class ForeignLibrariesIT extends Contract {

    @TempDir
    static Path temp;

    private static ChildJvm child() {
        return new ChildJvm(ForeignLibraryProbe.class)
                .option("-D" + NativeLibraries.DIRECTORY_PROPERTY + '=' + libraries());
    }

    private static String output(ChildJvm child, Path foreign) {
        ChildJvm.Result result = child.run(foreign.toString(), tinyModel().toString());
        assertThat(result.exit()).as(result.out() + result.err()).isZero();
        return result.out();
    }

    static List<String> namesOfLlamaCpp() {
        return Thorough.some(
                List.of(
                        "libggml.so",
                        "libggml-base.so",
                        "libllama.so",
                        "libllama-common.so",
                        "libmtmd.so",
                        "libggml-rpc.so"),
                2);
    }

    @ParameterizedTest
    @MethodSource("namesOfLlamaCpp")
    void load_afterALibraryOfLlamaCppsName_works(String name) {
        Path foreign = StubLibraries.library(temp.resolve("upstream"), name);

        assertThat(output(child(), foreign)).startsWith("tokens: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"libtokapu-ggml.so", "libtokapu-ggml-base.so", "libtokapu-llama.so", "libtokapu-llama-common.so"
            })
    void load_afterALibraryOfOurName_isAnExceptionWithItsPath(String name) {
        Path foreign = StubLibraries.library(temp.resolve("same"), name);

        assertThat(output(child(), foreign))
                .startsWith("dev.tokapu.spi.NativeLoadException: Cannot load ")
                .contains("undefined symbol", foreign + " is in the way")
                .doesNotContain("noexec");
    }

    /** FFM opens it by its path; JNI's library finds it by its name. */
    @Test
    void load_afterALibraryOfTheShimsName_worksOrIsAnException() {
        Path foreign = StubLibraries.library(temp.resolve("shim"), "libtokapu.so");

        assertThat(output(child(), foreign))
                .containsAnyOf("tokens: ", "NativeLoadException: Cannot load ")
                .satisfies(said -> assertThat(said.startsWith("tokens: ") || said.contains(foreign + " is in the way"))
                        .isTrue());
    }

    @Test
    void load_withGgmlPreloaded_namesTheFile() throws IOException {
        Path foreign = Files.createDirectories(temp.resolve("preload")).resolve("libggml-base.so");
        Files.copy(libraries().resolve("libtokapu-ggml-base.so"), foreign);
        // Another build of it: what it says of itself differs, so does its size.
        Files.write(foreign, new byte[64], StandardOpenOption.APPEND);

        assertThat(output(child().environment("LD_PRELOAD", foreign.toString()), Path.of("")))
                .contains("backends: ", foreign.toString(), "LD_PRELOAD");
    }

    @Test
    @Tag("ffm")
    void load_folderWithoutOneLibrary_saysThatItIsNotComplete() throws IOException {
        Path folder = Files.createDirectories(temp.resolve("incomplete"));
        copyOfLibraries(folder, "libtokapu-ggml.so");

        assertThat(output(child().option("-D" + NativeLibraries.DIRECTORY_PROPERTY + '=' + folder), Path.of("")))
                .contains("libtokapu-ggml.so: cannot open shared object file", folder + " is not complete")
                .doesNotContain("noexec");
    }

    @Test
    @Tag("ffm")
    void load_folderWithALibraryOfAnotherVersion_saysThatVersionsAreMixed() throws IOException {
        Path folder = Files.createDirectories(temp.resolve("mixed"));
        copyOfLibraries(folder, "libtokapu-llama.so");
        StubLibraries.library(folder, "libtokapu-llama.so");

        assertThat(output(child().option("-D" + NativeLibraries.DIRECTORY_PROPERTY + '=' + folder), Path.of("")))
                .contains("undefined symbol", "are not all of one version")
                .doesNotContain("noexec");
    }

    @Test
    void load_folderWithALibraryThatIsCutShort_isAnException() throws IOException {
        Path folder = Files.createDirectories(temp.resolve("cut"));
        copyOfLibraries(folder, "libtokapu-llama.so");
        byte[] whole = Files.readAllBytes(libraries().resolve("libtokapu-llama.so"));
        Files.write(folder.resolve("libtokapu-llama.so"), Arrays.copyOf(whole, 5000));

        assertThat(output(child().option("-D" + NativeLibraries.DIRECTORY_PROPERTY + '=' + folder), Path.of("")))
                .contains("NativeLoadException", "libtokapu-llama.so is cut short");
    }

    @ParameterizedTest
    @MethodSource("ownLibraries")
    @Tag("ffm")
    void ownLibraries_areBoundWhenLoadedAndKeepTheirStatics(Path library) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("readelf", "-dW", "--dyn-syms", library.toString())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();

        assertThat(text).containsPattern("BIND_NOW|Flags:.*NOW").doesNotContain("__cxa_atexit");
    }

    static Stream<Path> ownLibraries() throws IOException {
        try (Stream<Path> files = Files.list(libraries())) {
            return files
                    .filter(file -> file.toString().endsWith(".so") && !file.endsWith("libtokapu-probe.so"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static void copyOfLibraries(Path folder, String without) throws IOException {
        for (Path file : ownLibraries().toList()) {
            if (!file.endsWith(without)) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
    }
}
