package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.testsupport.Oracle;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.text.TextStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samplers that a model's own metadata ask for, compared with llama-completion, which reads the same metadata. */
class ModelDefaultsTextIT {

    private static final int TOKENS = 32;
    private static final String PROMPT = "once upon a time there was";

    private static final List<Map<String, Object>> MODELS = List.of(
            Map.of("top_k", 12, "top_p", 0.7f, "min_p", 0.01f, "temp", 1.3f),
            Map.of("penalty_repeat", 1.5f, "penalty_last_n", 20, "temp", 0.9f),
            Map.of("sequence", "temperature;top_k;xtc", "xtc_probability", 0.6f, "xtc_threshold", 0.02f, "temp", 1.5f),
            Map.of("mirostat", 2, "mirostat_tau", 3.5f, "mirostat_eta", 0.2f),
            Map.of("mirostat", 1));

    @Test
    void complete_seededAndNothingElseSet_equalToLlamaCompletion(@TempDir Path folder) {
        Oracle oracle = Reference.oracle();
        List<String> expected = new ArrayList<>();
        List<String> actual = new ArrayList<>();
        for (int i = 0; i < MODELS.size(); i++) {
            Path file = write(MODELS.get(i), folder.resolve(i + ".gguf"));
            for (int seed = 3; seed < 6; seed++) {
                expected.add(oracle.completionSampled(file, PROMPT, TOKENS, Reference.THREADS, seed)
                        .text());
                actual.add(complete(file, seed));
            }
        }
        assertThat(actual).isEqualTo(expected).doesNotContain("");
    }

    private static String complete(Path file, int seed) {
        CompletionOptions options = CompletionOptions.builder()
                .context(Reference.options(2048))
                .seed(seed)
                .maxTokens(TOKENS)
                .build();
        try (Model model = Model.load(file);
                TextStream completion = Completion.of(model, PROMPT, options)) {
            return completion.text();
        }
    }

    private static Path write(Map<String, Object> sampling, Path file) {
        TinyGguf.Builder builder = TinyGguf.builder();
        sampling.forEach((key, value) -> builder.metadata("general.sampling." + key, value));
        return builder.build().write(file);
    }

    @Test
    void chain_standsForTheModelsSamplers(@TempDir Path folder) {
        Path file = write(Map.of("top_k", 12, "temp", 1.5f), folder.resolve("m.gguf"));
        try (Model model = Model.load(file);
                SamplerChain chain = SamplerChain.of(model, Sampler.modelDefaults(4))) {
            assertThat(chain.samplers())
                    .containsExactly(
                            Sampler.topK(12),
                            Sampler.topP(0.95),
                            Sampler.minP(0.05),
                            Sampler.temperature(1.5),
                            Sampler.dist(4));
        }
    }
}
