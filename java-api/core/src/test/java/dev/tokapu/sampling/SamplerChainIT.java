package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.exception.GrammarException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SamplerChainIT {

    private static final String YES_OR_NO = "root ::= \"yes\" | \"no\"";

    @TinyModel
    private static Model model;

    private static Context context;

    @BeforeAll
    static void load() {
        context = model.newContext(TestModels.small().build());
    }

    @AfterAll
    static void close() {
        context.close();
    }

    @BeforeEach
    void decode() {
        context.kvCache().clear();
        int[] tokens = model.vocab().tokenize("once upon a time");
        context.decode(new Batch(tokens.length).addAll(tokens, 0, 0));
    }

    static Stream<Sampler> samplers() {
        return Stream.of(
                Sampler.topK(5),
                Sampler.topK(0),
                Sampler.topP(0.5),
                Sampler.minP(0.1),
                Sampler.typicalP(0.5),
                Sampler.temperature(0.5),
                Sampler.temperature(0),
                Sampler.dynamicTemperature(1, 0.5, 1),
                Sampler.xtc(1, 0.1, 3),
                Sampler.topNSigma(1),
                Sampler.grammar(YES_OR_NO),
                Sampler.lazyGrammar(YES_OR_NO, "(answer)"),
                Sampler.penalties(64, 1.1, 0.1, 0.1),
                Sampler.dry(0.8),
                Sampler.logitBias(Map.of(300, 5f, 301, Float.NEGATIVE_INFINITY)),
                Sampler.infill(),
                Sampler.greedy(),
                Sampler.dist(3),
                Sampler.mirostat(3, 5, 0.1),
                Sampler.mirostatV2(3, 5, 0.1),
                Sampler.adaptiveP(0.5, 0.9, 3));
    }

    @ParameterizedTest
    @MethodSource("samplers")
    void sample_everySampler_givesATokenOfTheVocabulary(Sampler sampler) {
        List<Sampler> list = sampler.selects() ? List.of(sampler) : List.of(sampler, Sampler.dist(3));
        try (SamplerChain chain = SamplerChain.of(model, list)) {
            assertThat(chain.samplers()).isEqualTo(list);
            assertThat(chain.sample(context, -1)).isBetween(0, model.vocab().size() - 1);
            chain.reset();
        }
    }

    @Test
    void sample_greedy_isTheLargestLogit() {
        float[] logits = context.outputs().logits(-1);
        int largest = 0;
        for (int i = 0; i < logits.length; i++) {
            largest = logits[i] > logits[largest] ? i : largest;
        }
        try (SamplerChain chain = SamplerChain.of(model, Sampler.greedy())) {
            assertThat(chain.sample(context, -1)).isEqualTo(largest);
            SamplerResult candidates = chain.apply(logits);
            assertThat(candidates.selectedToken()).hasValue(largest);
        }
    }

    @Test
    void sample_sameSeed_drawsTheSame() {
        assertThat(draws(Sampler.defaults(11), 20)).isEqualTo(draws(Sampler.defaults(11), 20));
        assertThat(draws(List.of(Sampler.dist(11)), 20)).isNotEqualTo(draws(List.of(Sampler.dist(12)), 20));
    }

    private static List<Integer> draws(List<Sampler> samplers, int n) {
        try (SamplerChain chain = SamplerChain.of(model, samplers)) {
            return draws(chain, n);
        }
    }

    private static List<Integer> draws(SamplerChain chain, int n) {
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            tokens.add(chain.sample(context, -1));
        }
        return tokens;
    }

    @ParameterizedTest
    @MethodSource("samplers")
    void copy_afterSomeDraws_hasTheSameFuture(Sampler sampler) {
        List<Sampler> list = sampler.selects() ? List.of(sampler) : List.of(sampler, Sampler.dist(3));
        boolean grammar = sampler instanceof Grammar;
        int before = sampler instanceof AdaptiveP ? 0 : grammar ? 1 : 5;
        try (SamplerChain chain = SamplerChain.of(model, list)) {
            draws(chain, before);
            try (SamplerChain copy = chain.copy()) {
                assertThat(draws(copy, grammar ? 1 : 20)).isEqualTo(draws(chain, grammar ? 1 : 20));
            }
        }
    }

    @Test
    void reset_afterDraws_startsAgain() {
        try (SamplerChain chain = SamplerChain.of(model, Sampler.dist(5))) {
            List<Integer> first = draws(chain, 10);
            chain.reset();
            assertThat(draws(chain, 10)).isEqualTo(first);
        }
    }

    @Test
    void seed_isTheOneInUse() {
        try (SamplerChain fixed = SamplerChain.of(model, Sampler.topK(4), Sampler.dist(77));
                SamplerChain random = SamplerChain.of(model, Sampler.dist(Sampler.RANDOM_SEED));
                SamplerChain none = SamplerChain.of(model, Sampler.greedy())) {
            assertThat(fixed.seed()).hasValue(77);
            assertThat(random.seed()).isNotEmpty();
            assertThat(none.seed()).isEmpty();
        }
    }

    @Test
    void apply_topKAndDist_leavesTheLikeliest() {
        float[] logits = new float[model.vocab().size()];
        logits[7] = 9;
        logits[8] = 8;
        logits[9] = 7;
        try (SamplerChain chain = SamplerChain.of(model, Sampler.topK(3), Sampler.dist(1))) {
            SamplerResult left = chain.apply(logits);
            assertThat(left.tokens()).containsExactly(7, 8, 9);
            assertThat(left.logits()).containsExactly(9, 8, 7);
            float sum = left.probability(0) + left.probability(1) + left.probability(2);
            assertThat(sum).isBetween(0.999f, 1.001f);
            assertThat(left.selected()).isNotEmpty();
        }
        try (SamplerChain chain = SamplerChain.of(model, Sampler.topK(2))) {
            SamplerResult left = chain.apply(new int[] {3, 4, 5}, new float[] {1, 3, 2});
            assertThat(left.tokens()).containsExactly(4, 5);
            assertThat(left.selected()).isEmpty();
        }
    }

    @Test
    void sample_grammar_allowsOnlyItsTexts() {
        Vocab vocab = model.vocab();
        for (int seed = 1; seed <= 10; seed++) {
            try (SamplerChain chain = SamplerChain.of(model, Sampler.grammar(YES_OR_NO), Sampler.dist(seed))) {
                StringBuilder text = new StringBuilder();
                int token = chain.sample(context, -1);
                while (!vocab.isEndOfGeneration(token)) {
                    text.append(vocab.detokenize(token));
                    token = chain.sample(context, -1);
                }
                assertThat(text.toString().strip()).isIn("yes", "no");
            }
        }
    }

    @Test
    void accept_tokenThatTheGrammarForbids_throwsUntilReset() {
        int[] forbidden = model.vocab().tokenize("q");
        try (SamplerChain chain = SamplerChain.of(model, Sampler.grammar(YES_OR_NO), Sampler.greedy())) {
            int wrong = forbidden[forbidden.length - 1];
            assertThatExceptionOfType(GrammarException.class).isThrownBy(() -> chain.accept(wrong));
            assertThatExceptionOfType(GrammarException.class).isThrownBy(() -> chain.sample(context, -1));
            chain.reset();
            assertThat(model.vocab().detokenize(chain.sample(context, -1)).strip())
                    .isSubstringOf("yes no");
        }
    }

    @Test
    void sample_logitBiasThatForbids_neverSelectsIt() {
        int likeliest = draws(List.of(Sampler.greedy()), 1).get(0);
        List<Sampler> biased =
                Arrays.asList(Sampler.logitBias(Map.of(likeliest, Float.NEGATIVE_INFINITY)), Sampler.greedy());
        assertThat(draws(biased, 1)).doesNotContain(likeliest);
    }

    @Test
    void textBias_everyTokenOfTheTexts_isBiased() {
        Vocab vocab = model.vocab();
        int[] tokens = vocab.tokenize(
                " the ring", TokenizeOptions.builder().addSpecial(false).build());
        assertThat(tokens.length).isGreaterThan(1);
        try (SamplerChain chain = SamplerChain.of(model, Sampler.ban(" the ring", " the ring"), Sampler.greedy())) {
            LogitBias bias = (LogitBias) chain.samplers().get(0);
            assertThat(bias.biases().keySet())
                    .containsExactlyInAnyOrderElementsOf(
                            Arrays.stream(tokens).boxed().distinct().toList());
            assertThat(bias.biases().values()).containsOnly(Float.NEGATIVE_INFINITY);
        }
        try (SamplerChain chain =
                SamplerChain.of(model, Sampler.textBias(Map.of("a", 1f, "aa", 2f)), Sampler.greedy())) {
            assertThat(chain.samplers().get(0)).isInstanceOf(LogitBias.class);
        }
    }

    @Test
    void ban_likeliestText_isNotChosen() {
        int likeliest = draws(List.of(Sampler.greedy()), 1).get(0);
        String text = model.vocab().text(likeliest);
        List<Sampler> banned = List.of(Sampler.ban(model.vocab().detokenize(likeliest)), Sampler.greedy());
        assertThat(draws(banned, 1)).as(text).doesNotContain(likeliest);
    }

    @Test
    void acceptPrompt_penalties_lookBackAtIt() {
        int likeliest = draws(List.of(Sampler.greedy()), 1).get(0);
        try (SamplerChain chain = SamplerChain.of(
                model, Sampler.penalties(8, 1, 0, 1000), Sampler.grammar("root ::= .*"), Sampler.greedy())) {
            chain.acceptPrompt(likeliest);
            assertThat(chain.sample(context, -1)).isNotEqualTo(likeliest);
            assertThatIllegalArgumentException().isThrownBy(() -> chain.acceptPrompt(-1));
        }
    }
}
