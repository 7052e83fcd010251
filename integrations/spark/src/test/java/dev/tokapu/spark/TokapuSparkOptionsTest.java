package dev.tokapu.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Pooling;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokapuSparkOptionsTest {

    @Test
    void ofConfiguration_allSettings_areThoseOfTheBuilder() {
        Map<String, String> configuration = Map.ofEntries(
                Map.entry("spark.app.name", "test"),
                Map.entry("spark.tokapu.model", "hf://org/repo:Q4_K_M"),
                Map.entry("spark.tokapu.maxSequences", "4"),
                Map.entry("spark.tokapu.contextSize", "512"),
                Map.entry("spark.tokapu.threads", "2"),
                Map.entry("spark.tokapu.gpuLayers", "0"),
                Map.entry("spark.tokapu.pooling", "mean"),
                Map.entry("spark.tokapu.reproducible", "true"),
                Map.entry("spark.tokapu.system", "Be brief."),
                Map.entry("spark.tokapu.completion", "true"),
                Map.entry("spark.tokapu.maxTokens", "16"),
                Map.entry("spark.tokapu.temperature", "0.5"),
                Map.entry("spark.tokapu.topK", "10"),
                Map.entry("spark.tokapu.topP", "0.9"),
                Map.entry("spark.tokapu.seed", "7"),
                Map.entry("spark.tokapu.stops", "END"),
                Map.entry("spark.tokapu.deadline", "90s"),
                Map.entry("spark.tokapu.thinking", "false"),
                Map.entry("spark.tokapu.rowsInFlight", "20"),
                Map.entry("spark.tokapu.idleTimeout", "PT5M"));
        TokapuSparkOptions options = TokapuSparkOptions.builder("hf://org/repo:Q4_K_M")
                .maxSequences(4)
                .contextSize(512)
                .threads(2)
                .gpuLayers(0)
                .pooling(Pooling.MEAN)
                .reproducible(true)
                .system("Be brief.")
                .completion(true)
                .maxTokens(16)
                .temperature(0.5)
                .topK(10)
                .topP(0.9)
                .seed(7)
                .stops(List.of("END"))
                .deadline(Duration.ofSeconds(90))
                .thinking(false)
                .rowsInFlight(20)
                .idleTimeout(Duration.ofMinutes(5))
                .build();
        assertThat(TokapuSparkOptions.ofConfiguration(configuration)).isEqualTo(options);
        assertThat(options.toBuilder().build()).isEqualTo(options).hasToString(options.toString());
    }

    @Test
    void ofConfiguration_wrongSettings_sayWhich() {
        assertThatThrownBy(() -> TokapuSparkOptions.ofConfiguration(Map.of()))
                .hasMessage("spark.tokapu.model is not set; set it to a path, a name of a hub or sparkfiles:NAME");
        assertThatThrownBy(() -> configured("spark.tokapu.tokens", "1"))
                .hasMessageStartingWith(
                        "the setting spark.tokapu.tokens is unknown; spark.tokapu. has model and [comp");
        assertThatThrownBy(() -> configured("spark.tokapu.maxTokens", "many"))
                .hasMessageStartingWith("spark.tokapu.maxTokens is 'many', which cannot be read: ");
        assertThatThrownBy(() -> configured("spark.tokapu.thinking", "no"))
                .hasMessageEndingWith("it must be true or false");
        assertThatThrownBy(() -> configured("spark.tokapu.deadline", "soon"))
                .hasMessageStartingWith("spark.tokapu.deadline is 'soon', ");
    }

    private static TokapuSparkOptions configured(String key, String value) {
        return TokapuSparkOptions.ofConfiguration(Map.of("spark.tokapu.model", "m.gguf", key, value));
    }

    @Test
    void build_valuesOutOfRange_areRefused() {
        TokapuSparkOptions.Builder options = TokapuSparkOptions.builder("m.gguf");
        assertThatThrownBy(() -> TokapuSparkOptions.builder(" ").build()).hasMessageStartingWith("the model is blank;");
        assertThatThrownBy(() -> options.maxSequences(0).build()).hasMessage("maxSequences is 0; it must be 1 to 256");
        options.maxSequences(8);
        assertThatThrownBy(() -> options.temperature(Double.NaN).build())
                .hasMessage("temperature is NaN; it must be 0 or more");
        options.temperature(0);
        assertThatThrownBy(() -> options.topP(1.5).build())
                .hasMessageContaining("topP")
                .hasMessageContaining("1.5");
        options.topP(null);
        assertThatThrownBy(() -> options.topK(-1).build())
                .hasMessageContaining("topK")
                .hasMessageContaining("-1");
        options.topK(null);
        assertThatThrownBy(() -> options.stops(List.of("")).build()).hasMessageStartingWith("a stop string is empty");
        options.stops(List.of());
        assertThatThrownBy(() -> options.idleTimeout(Duration.ofSeconds(-1)).build())
                .hasMessage("idleTimeout is PT-1S; it must not be negative");
    }

    @Test
    void window_unlessSet_isFourTimesTheSequences() {
        TokapuSparkOptions.Builder options =
                TokapuSparkOptions.builder("m.gguf").maxSequences(3);
        assertThat(options.build().window()).isEqualTo(12);
        assertThat(options.rowsInFlight(5).build().window()).isEqualTo(5);
    }

    @Test
    void seed_ofARow_dependsOnItsPromptAlone() {
        assertThat(AnswerCalls.seed(1, "a")).isEqualTo(AnswerCalls.seed(1, "a"));
        assertThat(AnswerCalls.seed(1, "a")).isNotEqualTo(AnswerCalls.seed(1, "b"));
        assertThat(AnswerCalls.seed(1, "a")).isNotEqualTo(AnswerCalls.seed(2, "a"));
    }
}
