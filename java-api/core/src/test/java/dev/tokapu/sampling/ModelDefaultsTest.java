package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The chains that values make of llama.cpp's own; that they are llama.cpp's is compared with llama-server. */
class ModelDefaultsTest {

    private static List<Sampler> chain(UnaryOperator<ModelDefaults.Builder> values) {
        return chain(Map.of(), values);
    }

    private static List<Sampler> chain(Map<String, String> file, UnaryOperator<ModelDefaults.Builder> values) {
        return MetadataSamplers.of(
                file, values.apply(ModelDefaults.builder().seed(7)).build());
    }

    @Test
    void all_areInLlamaCppsOrder() {
        assertThat(chain(v -> v.temperature(1)
                        .dynamicTemperatureRange(0.5)
                        .dynamicTemperatureExponent(2)
                        .xtcProbability(0.5)
                        .xtcThreshold(0.2)
                        .minP(0.1)
                        .topP(0.9)
                        .typicalP(0.8)
                        .topK(30)
                        .topNSigma(2)
                        .dry(Sampler.dry(0.8))
                        .penaltyLastN(32)
                        .frequencyPenalty(0.1)
                        .presencePenalty(0.2)
                        .repeatPenalty(1.1)
                        .minKeep(3)))
                .containsExactly(
                        Sampler.penalties(32, 1.1, 0.1, 0.2),
                        Sampler.dry(0.8),
                        Sampler.topNSigma(2),
                        Sampler.topK(30),
                        new TypicalP(0.8f, 3),
                        new TopP(0.9f, 3),
                        new MinP(0.1f, 3),
                        new Xtc(0.5f, 0.2f, 3, 7),
                        Sampler.dynamicTemperature(1, 0.5, 2),
                        Sampler.dist(7));
    }

    @Test
    void sequence_isAllThereIs() {
        assertThat(chain(v -> v.sequence(List.of("min-p", "t", "Top_K", "dry", "infill"))
                        .topP(0.1)))
                .containsExactly(
                        Sampler.minP(0.05),
                        Sampler.temperature(0.8),
                        Sampler.topK(40),
                        Sampler.infill(),
                        Sampler.dist(7));
        assertThat(chain(v -> v.sequence(List.of()))).containsExactly(Sampler.dist(7));
        assertThat(chain(Map.of("general.sampling.sequence", "xtc;top_k"), v -> v.sequence(List.of("nucleus"))))
                .containsExactly(Sampler.topP(0.95), Sampler.dist(7));
        assertThat(chain(Map.of("general.sampling.sequence", "k;top_p"), v -> v))
                .as("a file has no letters")
                .containsExactly(Sampler.topP(0.95), Sampler.dist(7));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelDefaults.builder().sequence(List.of("top_k", "best")))
                .withMessageStartingWith("'best' is no sampler of a sequence; those are penalties, ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelDefaults.builder().sequence(List.of("penalties", "top_k", "e")))
                .withMessage("'e' is in the sequence twice; name each sampler once");
    }

    /** Infill compares each candidate with each other one. */
    @Test
    void infill_getsFewCandidates() {
        Sampler few = Sampler.topK(256);
        assertThat(chain(v -> v.sequence(List.of("infill")))).containsExactly(few, Sampler.infill(), Sampler.dist(7));
        assertThat(chain(v -> v.sequence(List.of("infill", "top_k"))))
                .containsExactly(few, Sampler.infill(), Sampler.topK(40), Sampler.dist(7));
        assertThat(chain(v -> v.sequence(List.of("top_k", "infill")).topK(0)))
                .containsExactly(few, Sampler.infill(), Sampler.dist(7));
        assertThat(chain(v -> v.sequence(List.of("top_k", "infill")).topK(257)))
                .containsExactly(Sampler.topK(257), few, Sampler.infill(), Sampler.dist(7));
        assertThat(chain(v -> v.sequence(List.of("top_k", "infill")).topK(256)))
                .containsExactly(few, Sampler.infill(), Sampler.dist(7));
        assertThat(chain(Map.of("general.sampling.sequence", "infill"), v -> v))
                .containsExactly(few, Sampler.infill(), Sampler.dist(7));
    }

    @Test
    void sequenceOfTheFile_getsWhatItDoesNotName_atItsUsualPlace() {
        assertThat(chain(
                        Map.of("general.sampling.sequence", "top_k;temperature"),
                        v -> v.typicalP(0.5).dry(Sampler.dry(1)).minP(0.2).frequencyPenalty(1)))
                .containsExactly(
                        Sampler.penalties(64, 1, 1, 0),
                        Sampler.dry(1),
                        Sampler.topK(40),
                        Sampler.typicalP(0.5),
                        Sampler.minP(0.2),
                        Sampler.temperature(0.8),
                        Sampler.dist(7));
    }

    @Test
    void mirostat_thatIsAskedFor_hasATemperatureBesideItAlone() {
        assertThat(chain(v -> v.mirostat(2).mirostatTau(4).topK(5).repeatPenalty(2)))
                .containsExactly(Sampler.temperature(0.8), Sampler.mirostatV2(7, 4, 0.1));
        assertThat(chain(v -> v.mirostat(1).mirostatEta(0.3).temperature(1.5)))
                .containsExactly(Sampler.temperature(1.5), Sampler.mirostat(7, 5, 0.3));
        assertThat(chain(v -> v.mirostat(1).temperature(0))).containsExactly(Sampler.greedy());
        assertThat(chain(Map.of("general.sampling.mirostat", "2"), v -> v.mirostat(0)))
                .isEqualTo(Sampler.defaults(7));
        assertThat(chain(Map.of("general.sampling.mirostat", "2"), v -> v.temperature(0.5)))
                .containsExactly(Sampler.temperature(0.5), Sampler.mirostatV2(7, 5, 0.1));
        assertThat(chain(Map.of("general.sampling.mirostat", "2"), v -> v.sequence(List.of("top_k"))))
                .containsExactly(Sampler.topK(40), Sampler.dist(7));
    }

    @Test
    void adaptiveP_selects_whereTheSequenceNamesIt() {
        assertThat(chain(v -> v.adaptiveTarget(0.4).adaptiveDecay(0.5))).isEqualTo(Sampler.defaults(7));
        assertThat(chain(v -> v.adaptiveTarget(0.4).adaptiveDecay(0.5).sequence(List.of("adaptive_p", "top_k"))))
                .containsExactly(Sampler.topK(40), Sampler.adaptiveP(0.4, 0.5, 7));
        assertThat(chain(v -> v.sequence(List.of("a")))).containsExactly(Sampler.dist(7));
    }

    /** XTC and typical-p may remove the likeliest. */
    @Test
    void temperatureZero_takesTheLikeliestOfWhatIsLeft() {
        assertThat(chain(v -> v.temperature(0).xtcProbability(1)))
                .containsExactly(
                        Sampler.topK(40),
                        Sampler.topP(0.95),
                        Sampler.minP(0.05),
                        Sampler.xtc(1, 0.1, 7),
                        Sampler.greedy());
        assertThat(chain(v -> v.temperature(0).typicalP(0.5)))
                .containsExactly(Sampler.topK(40), Sampler.typicalP(0.5), Sampler.greedy());
        assertThat(chain(v -> v.temperature(0).sequence(List.of("t", "xtc")).xtcProbability(1)))
                .containsExactly(Sampler.greedy());
        assertThat(chain(v -> v.temperature(0).sequence(List.of("top_k"))))
                .containsExactly(Sampler.topK(40), Sampler.dist(7));
        assertThat(chain(v -> v.temperature(0).sequence(List.of("t", "i"))))
                .containsExactly(Sampler.temperature(0), Sampler.topK(256), Sampler.infill(), Sampler.dist(7));
        assertThat(chain(v -> v.temperature(0).dynamicTemperatureRange(1)))
                .contains(Sampler.dynamicTemperature(0, 1, 1), Sampler.dist(7));
    }

    @Test
    void penaltiesThatAreGiven_lookBackWhereTheFileTurnsItsOwnOff() {
        Map<String, String> off = Map.of("general.sampling.penalty_last_n", "0");
        assertThat(chain(off, v -> v.presencePenalty(1))).startsWith(Sampler.penalties(64, 1, 0, 1));
        assertThat(chain(off, v -> v.presencePenalty(1).penaltyLastN(0))).isEqualTo(Sampler.defaults(7));
    }

    @Test
    void valueOutOfRange_isNamed() {
        for (UnaryOperator<ModelDefaults.Builder> wrong : List.<UnaryOperator<ModelDefaults.Builder>>of(
                v -> v.typicalP(1.1),
                v -> v.topNSigma(-1),
                v -> v.xtcProbability(-0.1),
                v -> v.xtcThreshold(Double.NaN),
                v -> v.mirostat(3),
                v -> v.mirostatTau(0),
                v -> v.mirostatEta(Double.POSITIVE_INFINITY),
                v -> v.dynamicTemperatureRange(-1),
                v -> v.dynamicTemperatureExponent(-1),
                v -> v.minKeep(-1),
                v -> v.penaltyLastN(-2),
                v -> v.penaltyLastN((1 << 24) + 1),
                v -> v.repeatPenalty(0),
                v -> v.adaptiveTarget(2),
                v -> v.adaptiveDecay(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> wrong.apply(ModelDefaults.builder()))
                    .withMessageContaining(" is ");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelDefaults.builder().topK(-1))
                .withMessageStartingWith("topK is -1;");
    }

    @Test
    void values_areEqualByTheirParts() {
        ModelDefaults one = ModelDefaults.builder()
                .seed(1)
                .topK(3)
                .sequence(List.of("k"))
                .dry(Sampler.dry(1))
                .build();
        assertThat(one.toBuilder().build()).isEqualTo(one).hasSameHashCodeAs(one);
        assertThat(one.toBuilder().seed(2).build()).isNotEqualTo(one);
        assertThat(one.toBuilder().topK(4).build()).isNotEqualTo(one);
        assertThat(one).asString().contains("TOP_K=3", "seed=1");
    }
}
