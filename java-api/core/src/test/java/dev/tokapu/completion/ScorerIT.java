package dev.tokapu.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.SmolModel;
import dev.tokapu.TestModels;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.TextStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ScorerIT {

    private static final String PROMPT = "The capital of France is";
    private static final List<String> CHOICES = List.of(" London", " Paris", " a banana tree", " Rome, of course");

    @SmolModel
    private static Model model;

    private static Scorer scorer;

    @BeforeAll
    static void load() {
        scorer = Scorer.of(model, TestModels.small().build());
    }

    @AfterAll
    static void close() {
        scorer.close();
    }

    /** The same from the logits of one fresh decode of everything, in double precision. */
    private static double[] independent(Model model, String text, int from) {
        int[] tokens = model.vocab().tokenize(text, TokenizeOptions.defaults());
        Batch batch = new Batch(tokens.length);
        for (int i = 0; i < tokens.length; i++) {
            batch.add(tokens[i], i, 0, true);
        }
        double[] result = new double[tokens.length - from];
        try (Context context = model.newContext(TestModels.small().build())) {
            assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
            for (int i = from; i < tokens.length; i++) {
                float[] logits = context.outputs().logits(i - 1);
                double sum = 0;
                for (float logit : logits) {
                    sum += Math.exp(logit);
                }
                result[i - from] = logits[tokens[i]] - Math.log(sum);
            }
        }
        return result;
    }

    /** On F32 weights: with quantized ones other batches differ by tenths. */
    @Test
    void score_choices_equalTheLogitsOfFreshRuns() {
        try (Model tiny = TestModels.tiny();
                Scorer ofTiny = Scorer.of(tiny, TestModels.small().build())) {
            double tolerance = TestModels.tolerance(tiny, 5e-3f);
            int prefix = tiny.vocab().tokenize(PROMPT).length;
            List<ScoredContinuation> scored = ofTiny.score(PROMPT, CHOICES);
            for (int i = 0; i < CHOICES.size(); i++) {
                ScoredContinuation continuation = scored.get(i);
                double[] expected = independent(tiny, PROMPT + CHOICES.get(i), prefix);
                assertThat(continuation.text()).isEqualTo(CHOICES.get(i));
                assertThat(continuation.logProbabilities()).containsExactly(expected, within(tolerance));
                assertThat(continuation.logLikelihood())
                        .isEqualTo(
                                Arrays.stream(continuation.logProbabilities()).sum());
                assertThat(continuation.meanLogLikelihood()).isEqualTo(continuation.logLikelihood() / expected.length);
                assertThat(ofTiny.score(PROMPT, CHOICES.get(i)).logProbabilities())
                        .containsExactly(continuation.logProbabilities(), within(tolerance));
            }
        }
    }

    @Test
    void rank_choices_putsTheRightOneFirst() {
        assertThat(scorer.rank(PROMPT, CHOICES, ScoredContinuation::logLikelihood)
                        .get(0)
                        .text())
                .isEqualTo(" Paris");
        List<ScoredContinuation> byMean = scorer.rank(PROMPT, CHOICES, ScoredContinuation::meanLogLikelihood);
        assertThat(byMean).isSortedAccordingTo((a, b) -> Double.compare(b.meanLogLikelihood(), a.meanLogLikelihood()));
    }

    @Test
    void isGreedy_greedyText_isTrue() {
        CompletionOptions options = CompletionOptions.builder()
                .context(TestModels.small().build())
                .samplers(Sampler.greedy())
                .maxTokens(2)
                .build();
        try (TextStream completion = Completion.of(model, PROMPT, options)) {
            String text = completion.text();
            ScoredContinuation same = scorer.score(PROMPT, text);
            assertThat(same.tokens()).isEqualTo(completion.tokens());
            assertThat(same.isGreedy())
                    .as(same.toString() + Arrays.toString(same.logProbabilities()))
                    .isTrue();
            assertThat(scorer.score(PROMPT, " a banana tree").isGreedy()).isFalse();
        }
    }

    @Test
    void score_wordAcrossTheBorder_countsItsTokensOnly() {
        ScoredContinuation continuation = scorer.score("The capit", "al");
        int[] whole = model.vocab().tokenize("The capital");
        assertThat(continuation.tokens()).isEqualTo(Arrays.copyOfRange(whole, 1, whole.length));
    }

    @Test
    void score_nonsense_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> scorer.score(PROMPT, ""))
                .withMessageContaining("empty");
        assertThatExceptionOfType(ContextOverflowException.class)
                .isThrownBy(() -> scorer.score(PROMPT, " word".repeat(300)));
        assertThat(scorer.score(PROMPT, List.of())).isEmpty();
        assertThat(scorer.score(PROMPT, " Paris").tokens()).hasSize(1);
    }

    @Test
    void perplexity_badSizes_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Perplexity.of(model, "short", 256))
                .withMessageContaining("at least two chunks of 256");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Perplexity.of(model, "short", 1))
                .withMessageContaining("chunkSize is 1");
    }
}
