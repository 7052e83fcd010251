package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.ChildJvm;
import dev.tokapu.testsupport.StubLibraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * A CUDA backend, its driver and its libraries as a machine may have them, each in a JVM of its own with the real linker.
 * They are pretended ({@link StubLibraries}) and of a version of CUDA that no machine has.
 */
@Tag("cpu") // one test needs a machine without a driver
@Tag("checkout") // compiles C
abstract class BackendLoading {

    static final String DRIVER = "999.88.07";

    @TempDir
    Path folder;

    Path modules;
    ChildJvm child;

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

    void driver(String version, int cuda) {
        StubLibraries.driver(folder.resolve("driver"), version, cuda);
        child.environment("LD_LIBRARY_PATH", folder.resolve("driver").toString());
    }

    void facts(String toolkit) throws IOException {
        Files.writeString(
                modules.resolve("module.properties"), "backend=cuda\narchitectures=90\ntoolkit=" + toolkit + '\n');
    }

    /** CUDA's libraries of one folder each, as toolkits and wheels have them; libcublas needs libcublasLt. */
    Path[] cuda(Path runtime, Path blas) {
        Path lt = StubLibraries.library(blas, "libcublasLt.so.99");
        return new Path[] {
            StubLibraries.library(runtime, "libcudart.so.99"), StubLibraries.library(blas, "libcublas.so.99", lt)
        };
    }

    /** A backend that needs libraries; they lie in folders that the linker does not know. */
    void backendThatNeeds(Path... libraries) {
        StubLibraries.backend(modules, List.of("STUB_DEVICES=1"), libraries);
    }

    /**
     * The lines of the child. Whatever it found, the CPU or what pretends to be a GPU computes what this process does, but for
     * the rounding: only the CPU's own buffers hold rearranged weights.
     */
    List<String> run() {
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

    static float[] logits() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(BackendChild.CONTEXT)) {
            context.decode(new Batch(3).addAll(new int[] {3, 4, 5}, 0, 0));
            return context.outputs().logits(2);
        }
    }

    static void assertInUse(List<String> lines) {
        assertThat(lines)
                .contains("backend cuda loaded 1", "device CUDA0 ")
                .noneMatch(line -> line.startsWith("warning"));
    }

    /** Exactly one warning, which holds all of this in this order. */
    void assertNotUsed(List<String> lines, String... parts) {
        assertThat(lines).contains("backend cuda failed").noneMatch(line -> line.startsWith("device CUDA"));
        List<String> warnings =
                lines.stream().filter(line -> line.startsWith("warning")).toList();
        assertThat(warnings).singleElement().asString().containsSubsequence(parts);
    }
}
