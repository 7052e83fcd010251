package dev.tokapu.server.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelJsonTest {

    @ParameterizedTest
    @CsvSource({"999,999", "1500,1.50K", "134515008,134.52M", "8030261248,8.0B"})
    void sizes_areShort(long parameters, String size) {
        assertThat(ModelJson.size(parameters)).isEqualTo(size);
    }

    @Test
    void metadata_haveTypesAgain() {
        assertThat(ModelJson.value("llama.context_length", "8192", false)).isEqualTo(new BigDecimal("8192"));
        assertThat(ModelJson.value("llama.rope.freq_base", "100000.000000", false))
                .isEqualTo(new BigDecimal("100000.000000"));
        assertThat(ModelJson.value("tokenizer.ggml.add_bos_token", "false", false))
                .isEqualTo(false);
        assertThat(ModelJson.value("general.name", "7", false)).isEqualTo("7");
        assertThat(ModelJson.value("general.architecture", "llama", false)).isEqualTo("llama");
    }

    @Test
    void longArrays_areToldOnRequestAlone() {
        assertThat(ModelJson.value("tokenizer.ggml.tokens", "[a, b]", false)).isNull();
        assertThat(ModelJson.value("tokenizer.ggml.tokens", "[a, b]", true)).isEqualTo("[a, b]");
    }

    @ParameterizedTest
    @CsvSource({"llama3,llama3:latest", "llama3:8b,llama3:8b", "host:80/a,host:80/a:latest"})
    void namesWithoutTag_haveTheTagLatest(String name, String tagged) {
        assertThat(ModelNames.tagged(name)).isEqualTo(tagged);
    }
}
