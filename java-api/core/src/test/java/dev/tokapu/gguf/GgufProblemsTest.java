package dev.tokapu.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.source.DefaultModel;
import dev.tokapu.testsupport.GgufWriter;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufProblemsTest {

    @TempDir
    Path folder;

    private Path tiny() {
        return TinyGguf.write(
                folder.resolve("x.gguf"), TinyGguf.builder().build().bytes());
    }

    @Test
    void problems_soundModels_none() {
        assertThat(GgufFile.open(tiny()).problems()).isEmpty();
        assertThat(GgufFile.open(DefaultModel.source()).problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "llama.embedding_length, 32, 'token_embd.weight'",
        "llama.attention.head_count_kv, 3, 'attn_k.weight'",
        "llama.feed_forward_length, 100, 'ffn_down.weight'"
    })
    void problems_hyperparameterThatDoesNotFit_namesTheTensor(String key, long value, String tensor) {
        Path path = tiny();
        GgufEdit.of(path).set(key, MetadataValue.of(MetadataType.UINT32, value)).apply();
        assertThat(GgufFile.open(path).problems()).anySatisfy(problem -> {
            assertThat(problem.severe()).isTrue();
            assertThat(problem.message()).contains(tensor, "has wrong shape; expected");
        });
    }

    @Test
    void problems_vocabulary_areTold() {
        Path path = tiny();
        GgufEdit.of(path)
                .set("tokenizer.ggml.scores", MetadataValue.of(MetadataType.FLOAT32, List.of(1)))
                .set("tokenizer.ggml.eos_token_id", MetadataValue.of(MetadataType.UINT32, 99_999))
                .apply();
        assertThat(GgufFile.open(path).problems())
                .extracting(GgufProblem::severe)
                .containsExactly(true, false);
    }

    @Test
    void problems_layout_areTold() {
        Path path = TinyGguf.write(
                folder.resolve("y.gguf"),
                new GgufWriter()
                        .text("general.architecture", "llama")
                        .uint64("general.alignment", 32)
                        .tensor("x".repeat(70), new long[] {4}, new float[4])
                        .toBytes());
        assertThat(GgufFile.open(path).problems())
                .extracting(GgufProblem::message)
                .anySatisfy(text -> assertThat(text).contains("must be UINT32"))
                .anySatisfy(text -> assertThat(text).contains("more than 63 bytes"));
    }
}
