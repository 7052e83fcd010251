package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.ChildJvm;
import dev.tokapu.testsupport.StubLibraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program says with the jar of a GPU's backend on its class path; the backend and the driver are pretended. */
@Tag("cpu") // compiles, and wants a machine without a driver
class DoctorBackendIT {

    @TempDir
    private Path folder;

    private Path jar;

    @BeforeEach
    void makeJar() throws IOException {
        Path built = Files.createDirectories(folder.resolve("built"));
        Files.writeString(built.resolve("module.properties"), "backend=cuda\narchitectures=90\ntoolkit=99.0\n");
        StubLibraries.backend(built, List.of("STUB_DEVICES=1"));
        jar = StubLibraries.backendJar(folder.resolve("tokapu-native-linux-x86_64-cuda13.jar"), built);
    }

    /** The program as a user has it, with the jar; the driver lies in a folder, which may be empty. */
    private ChildJvm program() {
        return new ChildJvm(Main.class)
                .without("test-classes")
                .without("test-support")
                .withJar(jar)
                .environment("LD_LIBRARY_PATH", folder.resolve("driver").toString());
    }

    @Test
    void doctor_jarWithoutDriver_saysWhyAndWhatToDo() {
        ChildJvm.Result result = program().run("doctor");

        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.out())
                .containsSubsequence(
                        "Backends    cuda  not used: there is no NVIDIA driver",
                        jar.toString(),
                        "Everything that Tokapu needs is here.",
                        "To do       Install the NVIDIA driver, or take " + jar + " away.")
                .doesNotContain("\tat ");
        assertOneWarning(result.err());
    }

    @Test
    @Tag("ffm")
    void doctorJson_jarWithoutDriver_saysTheSame() {
        ChildJvm.Result result = program().run("doctor", "--json");

        Map<String, String> json = JsonText.flat(result.out());
        assertThat(json)
                .containsEntry("/ok", "true")
                .containsEntry("/backends/0/name", "cuda")
                .containsEntry("/backends/0/origin", jar.toString())
                .containsEntry("/backends/0/loaded", "false")
                .containsEntry("/advice/0", "Install the NVIDIA driver, or take " + jar + " away.");
        assertThat(json.get("/backends/0/problem")).contains("there is no NVIDIA driver", "libcuda.so.1");
        assertOneWarning(result.err());
    }

    @Test
    void doctor_jarWithDriver_showsBackendAndDevice() {
        StubLibraries.driver(folder.resolve("driver"), "999.88.07", 99020);

        ChildJvm.Result result = program().run("doctor");

        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.out())
                .containsSubsequence(
                        "cuda  loaded, devices: 1",
                        "toolkit: 99.0",
                        "libcublas.so.99",
                        "own kernels are used",
                        "nvidia-cublas")
                .contains("CUDA0", "NVIDIA Pretended 9000", "999.88.07");
    }

    @Test
    @Tag("ffm")
    void run_jarWithoutDriver_answersOnTheCpuWithOneWarning() {
        ChildJvm.Result result =
                program().run("run", "--greedy", "--threads", "1", "-n", "4", "The capital of France is");

        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.out()).contains("Paris");
        assertOneWarning(result.err());
    }

    /** Beside the line about speed, which only an answer has. */
    private void assertOneWarning(String err) {
        assertThat(err.lines().filter(line -> !line.contains("tokens/s")))
                .singleElement()
                .asString()
                .startsWith("WARN")
                .contains(
                        "The cuda backend of " + jar + " is not used: there is no NVIDIA driver",
                        "Install the NVIDIA driver");
    }
}
