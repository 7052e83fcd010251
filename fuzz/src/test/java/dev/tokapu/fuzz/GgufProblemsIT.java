package dev.tokapu.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.GgufProblem;
import dev.tokapu.testsupport.Thorough;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A file that llama.cpp has accepted has no severe problems, whatever its architecture. */
@Tag("ffm")
@Tag("cpu")
class GgufProblemsIT {

    @TempDir
    Path folder;

    static List<String> architectures() {
        return Thorough.some(List.of(Architectures.NAMES), 5, 1);
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void problems_guessedFile_areNotSevere(String architecture) throws IOException {
        byte[] bytes = GuessedFile.of(architecture, folder.resolve("guess.gguf"));
        GgufFile file = GgufFile.read(new MemoryChannel(bytes), 0);
        assertThat(file.architecture()).contains(architecture);
        assertThat(file.problems()).filteredOn(GgufProblem::severe).isEmpty();
    }
}
