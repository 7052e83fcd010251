package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.testsupport.LogCapture;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Overrides of metadata do what they say, or tell that they do not. */
class OverridesIT {

    private static Model load(Map<String, Object> overrides) {
        return Model.load(
                TestModels.tinyFile(),
                ModelOptions.builder().metadataOverrides(overrides).build());
    }

    @Test
    void metadata_overridden_hasTheNewValues() {
        try (Model model = load(Map.of("general.name", "mine", "tokenizer.ggml.add_bos_token", false))) {
            assertThat(model.metadata())
                    .containsEntry("general.name", "mine")
                    .containsEntry("tokenizer.ggml.add_bos_token", "false");
            assertThat(model.info().name()).contains("mine");
            assertThat(model.vocab().specialTokens().addsBos()).isFalse();
        }
    }

    @Test
    void samplingSettings_overridden_areTaken() {
        try (Model model = load(Map.of("general.sampling.top_k", 1, "general.sampling.temp", 0.5f));
                SamplerChain chain = SamplerChain.of(model, Sampler.modelDefaults(4))) {
            assertThat(chain.samplers()).contains(Sampler.topK(1), Sampler.temperature(0.5));
        }
    }

    @Test
    void chatTemplate_overridden_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelOptions.builder()
                        .metadataOverrides(Map.of("tokenizer.chat_template", "x"))
                        .build())
                .withMessageContaining("ChatOptions.template");
    }

    @Test
    void unknownKeysAndArrays_overridden_areLogged() {
        try (LogCapture log = LogCapture.start();
                Model model = load(Map.of("no.such.key", 1, "tokenizer.ggml.scores", 2))) {
            assertThat(log.messages("dev.tokapu.Model")).anyMatch(line -> line.contains("'no.such.key'"));
            assertThat(model.metadata()).containsEntry("no.such.key", "1");
        }
    }
}
