package dev.tokapu.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.gguf.GgufFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteSourceTest {

    @ParameterizedTest
    @ValueSource(strings = {"model.gguf", "/srv/m:q4.gguf", "org/repo:Q4_K_M", "hf:/x", "C:\\m.gguf"})
    void of_path_isAFile(String text) {
        assertThat(ModelSource.of(text)).isEqualTo(ModelSource.file(Path.of(text)));
    }

    @ParameterizedTest
    @CsvSource({
        "hf://org/repo:Q4_K_M, org/repo:Q4_K_M",
        "hf://org/repo@v1/sub/file.gguf, org/repo@v1/sub/file",
        "ollama://tiny:1b, tiny:1b",
        "https://host/a/model-Q4.GGUF?key=secret, model-Q4"
    })
    void of_name_isRemote(String text, String shortName) {
        ModelSource.Remote source = (ModelSource.Remote) ModelSource.of(text);
        assertThat(source.name()).isEqualTo(text);
        assertThat(source.shortName()).isEqualTo(shortName);
        assertThat(source.toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "ftp://host/m.gguf",
                "file:///m.gguf",
                "HF://org/repo",
                "hf://org/a b",
                "hf://org/re\npo"
            })
    void of_other_isRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSource.of(text))
                .withMessageContaining("hf://");
    }

    @Test
    void open_withoutTheArtifact_namesIt() {
        ModelSource source = ModelSource.of("hf://org/repo");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> GgufFile.open(source))
                .withMessageContaining("dev.tokapu:tokapu-hub");
    }
}
