package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SamplerTest {

    static Stream<Arguments> badValues() {
        return Stream.of(
                bad("k is -1", () -> Sampler.topK(-1)),
                bad("p is 1.5", () -> Sampler.topP(1.5)),
                bad("p is NaN", () -> Sampler.topP(Float.NaN)),
                bad("minKeep is -2", () -> new TopP(0.9f, -2)),
                bad("p is -0.1", () -> Sampler.minP(-0.1)),
                bad("p is 2.0", () -> Sampler.typicalP(2)),
                bad("temperature is -1.0", () -> Sampler.temperature(-1)),
                bad("temperature is Infinity", () -> Sampler.temperature(Float.POSITIVE_INFINITY)),
                bad("delta is -1.0", () -> Sampler.dynamicTemperature(1, -1, 1)),
                bad("exponent is NaN", () -> Sampler.dynamicTemperature(1, 1, Float.NaN)),
                bad("probability is 1.1", () -> Sampler.xtc(1.1, 0.1, 1)),
                bad("threshold is -1.0", () -> Sampler.xtc(0.5, -1, 1)),
                bad("n is -1.0", () -> Sampler.topNSigma(-1)),
                bad("tau is 0.0", () -> Sampler.mirostat(1, 0, 0.1)),
                bad("m is 1", () -> new Mirostat(1, 5, 0.1f, 1)),
                bad("eta is -0.1", () -> Sampler.mirostatV2(1, 5, -0.1)),
                bad("gbnf is empty", () -> Sampler.grammar(" ")),
                bad("needs a trigger", () -> new LazyGrammar("root ::= \"a\"", "root", List.of(), List.of())),
                bad("lastN is -2", () -> Sampler.penalties(-2, 1, 0, 0)),
                bad("repeat is 0.0", () -> Sampler.penalties(64, 0, 0, 0)),
                bad("1 / repeat is infinite", () -> Sampler.penalties(64, Float.MIN_VALUE, 0, 0)),
                bad("frequency is NaN", () -> Sampler.penalties(64, 1, Float.NaN, 0)),
                bad("multiplier is -1.0", () -> Sampler.dry(-1)),
                bad("target is 1.5", () -> Sampler.adaptiveP(1.5, 0.9, 1)),
                bad("decay is 1.0", () -> Sampler.adaptiveP(0.5, 1, 1)),
                bad("token is -3", () -> Sampler.logitBias(Map.of(-3, 1f))),
                bad("bias of token 3 is NaN", () -> Sampler.logitBias(Map.of(3, Float.NaN))));
    }

    private static Arguments bad(String message, ThrowingCallable code) {
        return Arguments.of(message, code);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badValues")
    void create_valueOutOfRange_throwsWithTheValue(String message, ThrowingCallable code) {
        assertThatIllegalArgumentException().isThrownBy(code).withMessageContaining(message);
    }

    @Test
    void defaults_areThoseOfLlamaCpp() {
        assertThat(Sampler.defaults(7))
                .containsExactly(
                        new TopK(40), new TopP(0.95f, 0), new MinP(0.05f, 0), new Temperature(0.8f), new Dist(7));
        assertThat(Sampler.defaults(7, 0)).containsExactly(new Greedy());
    }

    @Test
    void selects_onlyTheOnesThatSelect() {
        assertThat(List.of(
                        Sampler.greedy(),
                        Sampler.dist(1),
                        Sampler.mirostat(1, 5, 0.1),
                        Sampler.mirostatV2(1, 5, 0.1),
                        Sampler.adaptiveP(0.5, 0.9, 1)))
                .allMatch(Sampler::selects);
        assertThat(Sampler.topK(40).selects()).isFalse();
        assertThat(Sampler.infill().selects()).isFalse();
    }

    @Test
    void permittedSamplers_haveAFunctionThatBuildsThem() {
        assertThat(Sampler.class.getPermittedSubclasses())
                .filteredOn(type -> !NativeSamplers.builds(type))
                .containsExactlyInAnyOrder(
                        CustomSampler.class, CustomLogits.class, ModelDefaults.class, TextBias.class);
    }

    @Test
    void candidates_ofArrays_areCopied() {
        float[] logits = {1, 2, 3};
        SamplerResult candidates = SamplerResult.unsampled(logits);
        logits[0] = 9;
        candidates.logits()[1] = 9;
        assertThat(candidates.logits()).containsExactly(1, 2, 3);
        assertThat(candidates.tokens()).containsExactly(0, 1, 2);
        assertThat(candidates.selected()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> SamplerResult.unsampled(new int[2], new float[3]));
        assertThatIllegalArgumentException().isThrownBy(() -> SamplerResult.unsampled(new float[0]));
    }

    private static List<Sampler> byMetadata(String... keysAndValues) {
        Map<String, String> metadata = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            metadata.put("general.sampling." + keysAndValues[i], keysAndValues[i + 1]);
        }
        return MetadataSamplers.of(metadata, Sampler.modelDefaults(7));
    }

    @Test
    void modelDefaults_withoutMetadata_areLlamaCpps() {
        assertThat(byMetadata()).isEqualTo(Sampler.defaults(7));
        assertThat(metadata(Map.of(), wanted().temperature(0))).containsExactly(Sampler.greedy());
        assertThat(metadata(Map.of(), wanted().temperature(0.5))).isEqualTo(Sampler.defaults(7, 0.5));
    }

    @Test
    void modelDefaults_values_areTheModels() {
        assertThat(byMetadata("top_k", "20", "top_p", "0.8", "min_p", "0", "temp", "0.7"))
                .containsExactly(Sampler.topK(20), Sampler.topP(0.8), Sampler.temperature(0.7), Sampler.dist(7));
        assertThat(byMetadata("penalty_repeat", "1.1", "xtc_probability", "0.5", "temp", "text"))
                .containsExactly(
                        Sampler.penalties(64, 1.1, 0, 0),
                        Sampler.topK(40),
                        Sampler.topP(0.95),
                        Sampler.minP(0.05),
                        Sampler.xtc(0.5, 0.1, 7),
                        Sampler.temperature(0.8),
                        Sampler.dist(7));
        assertThat(byMetadata("temp", "0")).containsExactly(Sampler.greedy());
        assertThat(byMetadata("mirostat", "2", "mirostat_tau", "4", "temp", "0.9"))
                .containsExactly(Sampler.temperature(0.9), Sampler.mirostatV2(7, 4, 0.1));
    }

    @ParameterizedTest
    @CsvSource({
        "top_p, -1",
        "min_p, 1.5",
        "xtc_probability, 2",
        "penalty_repeat, 0",
        "penalty_repeat, -1",
        "penalty_last_n, -2",
        "temp, nan",
        "top_p, NaN",
        "mirostat, 3",
        "top_p, 1e40"
    })
    void modelDefaults_valueOutOfRange_costsThatValueOnly(String key, String value) {
        assertThat(byMetadata("top_k", "1", key, value))
                .startsWith(Sampler.topK(1))
                .hasSizeGreaterThan(2);
        if (!key.startsWith("top_p")) {
            assertThat(byMetadata("top_k", "1", key, value))
                    .containsExactly(
                            Sampler.topK(1),
                            Sampler.topP(0.95),
                            Sampler.minP(0.05),
                            Sampler.temperature(0.8),
                            Sampler.dist(7));
        }
    }

    @Test
    void modelDefaults_wholeContextAsPenaltyWindow_isTaken() {
        assertThat(byMetadata("top_k", "1", "penalty_repeat", "1.1", "penalty_last_n", "-1"))
                .startsWith(Sampler.penalties(-1, 1.1, 0, 0), Sampler.topK(1));
        assertThat(byMetadata("mirostat", "2", "mirostat_tau", "-4", "temp", "0.9"))
                .containsExactly(Sampler.temperature(0.9), Sampler.mirostatV2(7, 5, 0.1));
    }

    @Test
    void modelDefaults_sequence_isFollowed() {
        assertThat(byMetadata("sequence", "temperature;min-p;topk;dry;nonsense"))
                .containsExactly(Sampler.temperature(0.8), Sampler.minP(0.05), Sampler.topK(40), Sampler.dist(7));
    }

    @Test
    void modelDefaults_impossibleValues_areNotUsed() {
        assertThat(byMetadata("min_p", "7")).isEqualTo(Sampler.defaults(7));
    }

    @Test
    void textBias_badValues_throw() {
        assertThatIllegalArgumentException().isThrownBy(() -> Sampler.ban(""));
        assertThatIllegalArgumentException().isThrownBy(() -> Sampler.textBias(Map.of("a", Float.NaN)));
        assertThat(Sampler.ban("a", "b").biases())
                .containsValues(Float.NEGATIVE_INFINITY)
                .hasSize(2);
    }

    @Test
    void presets_endTheChain() {
        for (List<Sampler> preset : List.of(Sampler.precise(1), Sampler.creative(1))) {
            assertThat(preset.get(preset.size() - 1)).isEqualTo(Sampler.dist(1));
        }
    }

    private static ModelDefaults.Builder wanted() {
        return ModelDefaults.builder().seed(7);
    }

    private static List<Sampler> metadata(Map<String, String> metadata, ModelDefaults.Builder wanted) {
        return MetadataSamplers.of(metadata, wanted.build());
    }

    @Test
    void modelDefaults_singleValues_takeThePlaceOfTheFiles() {
        Map<String, String> file = Map.of(
                "general.sampling.top_p",
                "0.8",
                "general.sampling.top_k",
                "20",
                "general.sampling.penalty_last_n",
                "0");
        assertThat(metadata(file, wanted().topP(0.5).repeatPenalty(1.2)))
                .containsExactly(
                        Sampler.penalties(64, 1.2f, 0, 0),
                        Sampler.topK(20),
                        Sampler.topP(0.5f),
                        Sampler.minP(0.05f),
                        Sampler.temperature(0.8f),
                        Sampler.dist(7));
        assertThat(metadata(file, wanted().topK(0).topP(1).minP(0).repeatPenalty(1)))
                .as("off")
                .containsExactly(Sampler.temperature(0.8f), Sampler.dist(7));
    }

    @Test
    void modelDefaults_singleValuesThatTheFileDoesNotName_areThereAllTheSame() {
        Map<String, String> file = Map.of("general.sampling.sequence", "xtc;temperature");
        assertThat(metadata(file, wanted().topK(5).minP(0.1).repeatPenalty(1.2)))
                .containsExactly(
                        Sampler.penalties(64, 1.2f, 0, 0),
                        Sampler.topK(5),
                        Sampler.minP(0.1f),
                        Sampler.temperature(0.8f),
                        Sampler.dist(7));
        Map<String, String> mirostat = Map.of("general.sampling.mirostat", "2");
        assertThat(metadata(mirostat, wanted().topP(0.5))).contains(Sampler.topP(0.5f), Sampler.dist(7));
    }

    @Test
    void modelDefaults_repeatPenaltyAtTemperatureZero_stays() {
        assertThat(metadata(Map.of(), wanted().temperature(0).topK(5).topP(0.5).repeatPenalty(1.2)))
                .containsExactly(Sampler.penalties(64, 1.2f, 0, 0), Sampler.greedy());
    }
}
