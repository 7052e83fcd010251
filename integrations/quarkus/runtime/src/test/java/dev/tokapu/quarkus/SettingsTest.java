package dev.tokapu.quarkus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.langchain4j.TokapuChatRequestParameters;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private static final String PREFIX = "quarkus.langchain4j.tokapu.";

    private static TokapuConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withConverter(Duration.class, 200, new DurationConverter()) // "20s", as in applications
                .withMapping(TokapuConfig.class)
                .withDefaultValues(properties)
                .build()
                .getConfigMapping(TokapuConfig.class);
    }

    @Test
    void parameters_nothingIsSet_areTheDefaults() {
        TokapuConfig config = config(Map.of());
        assertThat(Settings.parameters(config.defaultConfig().chatModel()))
                .isEqualTo(TokapuChatRequestParameters.builder().build());
        assertThat(Settings.embedder(config.defaultConfig().embeddingModel())).isEqualTo(EmbedderOptions.defaults());
        assertThat(config.shutdownTimeout()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void parameters_everythingIsSet_arePassedOn() {
        String chat = PREFIX + "big.chat-model.";
        TokapuConfig config = config(Map.ofEntries(
                Map.entry(chat + "temperature", "0.25"),
                Map.entry(chat + "top-p", "0.5"),
                Map.entry(chat + "top-k", "7"),
                Map.entry(chat + "min-p", "0.125"),
                Map.entry(chat + "max-tokens", "60"),
                Map.entry(chat + "seed", "3"),
                Map.entry(chat + "frequency-penalty", "0.1"),
                Map.entry(chat + "presence-penalty", "0.2"),
                Map.entry(chat + "repeat-penalty", "1.5"),
                Map.entry(chat + "stop-sequences", "END,###"),
                Map.entry(chat + "parallel-tool-calls", "false"),
                Map.entry(chat + "thinking-budget", "100"),
                Map.entry(chat + "reasoning-effort", "low"),
                Map.entry(chat + "deadline", "5m")));
        assertThat(Settings.parameters(config.namedConfig().get("big").chatModel()))
                .isEqualTo(TokapuChatRequestParameters.builder()
                        .temperature(0.25)
                        .topP(0.5)
                        .topK(7)
                        .minP(0.125)
                        .maxOutputTokens(60)
                        .seed(3)
                        .frequencyPenalty(0.1)
                        .presencePenalty(0.2)
                        .repeatPenalty(1.5)
                        .stopSequences(List.of("END", "###"))
                        .parallelToolCalls(false)
                        .reasoning(ReasoningOptions.defaults().withBudget(100).withEffort("low"))
                        .scheduling(SchedulingOptions.defaults().withDeadline(Duration.ofMinutes(5)))
                        .build());
    }

    @Test
    void parameters_temperatureOfAllProviders_holdsHere() {
        TokapuConfig config =
                config(Map.of("quarkus.langchain4j.temperature", "0.5", PREFIX + "chat-model.thinking", "false"));
        assertThat(Settings.parameters(config.defaultConfig().chatModel()))
                .isEqualTo(TokapuChatRequestParameters.builder()
                        .temperature(0.5)
                        .reasoning(ReasoningOptions.off())
                        .build());
    }

    @Test
    void embedder_everythingIsSet_isPassedOn() {
        String embedding = PREFIX + "embedding-model.";
        TokapuConfig config = config(Map.of(
                embedding + "dimensions", "256",
                embedding + "query-prefix", "query: ",
                embedding + "document-prefix", "passage: ",
                embedding + "normalized", "false"));
        assertThat(Settings.embedder(config.defaultConfig().embeddingModel()))
                .isEqualTo(EmbedderOptions.builder()
                        .dimensions(256)
                        .queryPrefix("query: ")
                        .documentPrefix("passage: ")
                        .normalized(false)
                        .build());
    }

    @Test
    void source_location_isAFileAResourceOrAName() {
        assertThat(Engines.source("model.gguf")).isEqualTo(ModelSource.file(Path.of("model.gguf")));
        assertThat(Engines.source("classpath:/models/x.gguf")).isEqualTo(ModelSource.resource("models/x.gguf"));
        assertThat(Engines.source("hf://org/repo")).isEqualTo(ModelSource.of("hf://org/repo"));
        assertThat(Engines.source(null)).isEqualTo(DefaultModel.source());
    }
}
