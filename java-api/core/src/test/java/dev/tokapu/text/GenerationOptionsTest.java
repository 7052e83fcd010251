package dev.tokapu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.sampling.Grammar;
import dev.tokapu.sampling.ModelDefaults;
import dev.tokapu.sampling.Sampler;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationOptionsTest {

    private static GenerationOptions.Builder options() {
        return GenerationOptions.builder();
    }

    @Test
    void defaults_areTheModels() {
        GenerationOptions options = GenerationOptions.defaults();
        assertThat(options.samplers()).containsExactly(Sampler.modelDefaults(Sampler.RANDOM_SEED));
        assertThat(options.maxTokens()).isEqualTo(GenerationOptions.UNLIMITED);
        assertThat(options.stops()).isEmpty();
        assertThat(options.stoppingCriteria()).isEmpty();
        assertThat(options.logProbabilities()).isZero();
        assertThat(options.ignoreEnd()).isFalse();
        assertThat(options.temperature()).isEmpty();
        assertThat(options).isEqualTo(options().build());
    }

    @Test
    void equals_setToTheDefault_isNotUnset() {
        List<Consumer<GenerationOptions.Builder>> defaults = List.of(
                builder -> builder.seed(Sampler.RANDOM_SEED),
                builder -> builder.samplers(GenerationOptions.defaults().samplers()),
                builder -> builder.maxTokens(GenerationOptions.UNLIMITED),
                builder -> builder.stops(List.of()),
                builder -> builder.stoppingCriteria(List.of()),
                builder -> builder.logProbabilities(0),
                builder -> builder.ignoreEnd(false));
        for (Consumer<GenerationOptions.Builder> setting : defaults) {
            GenerationOptions.Builder once = options();
            setting.accept(once);
            GenerationOptions.Builder again = options();
            setting.accept(again);
            assertThat(once.build()).isEqualTo(again.build()).isNotEqualTo(GenerationOptions.defaults());
        }
    }

    @Test
    void singleValues_goToTheModelsSamplers() {
        GenerationOptions options = options()
                .seed(5)
                .temperature(0.9)
                .topK(10)
                .topP(0.5)
                .minP(0.1)
                .repeatPenalty(1.1)
                .build();
        assertThat(options.samplers())
                .containsExactly(ModelDefaults.builder()
                        .seed(5)
                        .temperature(0.9)
                        .topK(10)
                        .topP(0.5)
                        .minP(0.1)
                        .repeatPenalty(1.1)
                        .build());
        assertThat(options.seed()).hasValue(5);
        assertThat(options.topK()).hasValue(10);
        assertThat(options.topP()).hasValue(0.5);
        assertThat(options.temperature().getAsDouble()).isEqualTo(0.9f);
        assertThat(options.minP()).isPresent();
        assertThat(options.repeatPenalty()).isPresent();
    }

    @Test
    void samplersAndSingleValues_excludeEachOther() {
        List<Consumer<GenerationOptions.Builder>> singles = List.of(
                builder -> builder.seed(1),
                builder -> builder.temperature(1),
                builder -> builder.topK(1),
                builder -> builder.topP(1),
                builder -> builder.minP(1),
                builder -> builder.repeatPenalty(1));
        for (Consumer<GenerationOptions.Builder> single : singles) {
            GenerationOptions.Builder builder = options().samplers(Sampler.greedy());
            single.accept(builder);
            assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining("one or the other");
        }
    }

    @Test
    void samplers_withoutOneThatSelects_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().samplers(Sampler.topK(3)).build())
                .withMessageContaining("must select");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().samplers(List.of()).build());
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void fractions_outOfRange_areRefused(double bad) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().topP(bad).build())
                .withMessageContaining("topP");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().minP(bad).build())
                .withMessageContaining("minP");
    }

    @Test
    void numbers_outOfRange_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().temperature(-1).build())
                .withMessageContaining("temperature");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().topK(-1).build())
                .withMessageContaining("topK");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().repeatPenalty(0).build())
                .withMessageContaining("repeatPenalty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().maxTokens(-1).build())
                .withMessageContaining("maxTokens");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().logProbabilities(1001).build())
                .withMessageContaining("logProbabilities");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().stops("").build())
                .withMessageContaining("empty");
    }

    @Test
    void overriddenBy_takesWhatIsSetThere() {
        GenerationOptions session =
                options().temperature(0.5).topP(0.9).maxTokens(10).stops("a").build();
        GenerationOptions message =
                options().temperature(0).stops(List.of()).logProbabilities(3).build();
        GenerationOptions both = session.overriddenBy(message);
        assertThat(both.temperature()).hasValue(0);
        assertThat(both.topP()).isEqualTo(session.topP());
        assertThat(both.maxTokens()).isEqualTo(10);
        assertThat(both.stops()).as("set, though to none").isEmpty();
        assertThat(both.logProbabilities()).isEqualTo(3);
        assertThat(session.overriddenBy(GenerationOptions.defaults())).isEqualTo(session);
        assertThat(GenerationOptions.defaults().overriddenBy(session)).isEqualTo(session);
    }

    @Test
    void overriddenBy_samplers_takeThePlaceOfAllSingleValues() {
        GenerationOptions session =
                options().temperature(0.5).seed(3).maxTokens(10).build();
        GenerationOptions both =
                session.overriddenBy(options().samplers(Sampler.greedy()).build());
        assertThat(both.samplers()).containsExactly(Sampler.greedy());
        assertThat(both.seed()).isEmpty();
        assertThat(both.maxTokens()).isEqualTo(10);
    }

    @Test
    void overriddenBy_singleValuesOfSamplers_isRefused() {
        GenerationOptions session = options().samplers(Sampler.greedy()).build();
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> session.overriddenBy(options().topP(0.5).seed(1).build()))
                .withMessageContaining("[seed, topP]");
        assertThat(session.overriddenBy(options().maxTokens(3).build()).maxTokens())
                .isEqualTo(3);
    }

    @Test
    void toBuilder_isTheSame() {
        StoppingCriterion never = soFar -> false;
        GenerationOptions options = options()
                .temperature(0.3)
                .maxTokens(5)
                .stops("x", "y")
                .stoppingCriteria(List.of(never))
                .ignoreEnd(true)
                .build();
        assertThat(options.toBuilder().build()).isEqualTo(options).hasSameHashCodeAs(options);
        assertThat(options.toBuilder().maxTokens(6).build()).isNotEqualTo(options);
    }

    @Test
    void withSamplersFirst_goFirst() {
        Grammar grammar = Sampler.grammar("root ::= \"a\"");
        assertThat(options().seed(1).maxTokens(2).build().withSamplersFirst(List.of(grammar)))
                .isEqualTo(options()
                        .samplers(grammar, Sampler.modelDefaults(1))
                        .maxTokens(2)
                        .build());
    }
}
