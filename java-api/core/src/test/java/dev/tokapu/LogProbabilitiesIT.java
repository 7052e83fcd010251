package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.TokenLogProbability;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Log-probabilities of generated tokens, against another computation from the logits of another context. */
class LogProbabilitiesIT {

    private static final int TOP = 5;

    @TinyModel
    private static Model model;

    private static CompletionOptions.Builder sampled() {
        return CompletionOptions.builder()
                .context(TestModels.small().build())
                .samplers(Sampler.temperature(3), Sampler.dist(11))
                .maxTokens(12);
    }

    /** By the definition, with many digits and no rearrangement. */
    private static double logProbability(float[] logits, int token) {
        BigDecimal sum = BigDecimal.ZERO;
        for (float logit : logits) {
            sum = sum.add(new BigDecimal(Math.exp(logit)), MathContext.DECIMAL128);
        }
        return Math.log(new BigDecimal(Math.exp(logits[token]))
                .divide(sum, MathContext.DECIMAL128)
                .doubleValue());
    }

    @Test
    void complete_everyToken_isTheSoftmaxOfTheRawLogits() {
        String prompt = "once upon a time";
        try (TextStream completion = Completion.of(
                        model, prompt, sampled().logProbabilities(TOP).build());
                Context context = model.newContext(TestModels.small().build())) {
            assertThat(completion.text()).isNotEmpty();
            List<TokenAlternatives> reported = completion.logProbabilities();
            int[] tokens = completion.tokens();
            assertThat(reported).hasSameSizeAs(tokens);

            int[] promptTokens = model.vocab().tokenize(prompt);
            Batch batch = new Batch(promptTokens.length).addAll(promptTokens, 0, 0);
            for (int i = 0; i < tokens.length; i++) {
                context.decode(batch);
                check(reported.get(i), tokens[i], context.outputs().logits(-1));
                batch.clear().add(tokens[i], promptTokens.length + i, 0, true);
            }
        }
    }

    private static void check(TokenAlternatives reported, int token, float[] logits) {
        assertThat(reported.chosen().token()).isEqualTo(token);
        assertThat(reported.chosen().logProbability()).isCloseTo(logProbability(logits, token), within(1e-6));
        assertThat(reported.chosen().text())
                .isEqualTo(new String(model.vocab().piece(token, true), StandardCharsets.UTF_8));
        List<Integer> likeliest = IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer id) -> -logits[id]))
                .limit(TOP)
                .toList();
        assertThat(reported.top()).extracting(TokenLogProbability::token).containsExactlyElementsOf(likeliest);
        for (TokenLogProbability top : reported.top()) {
            assertThat(top.logProbability()).isCloseTo(logProbability(logits, top.token()), within(1e-6));
            assertThat(top.probability()).isBetween(0.0, 1.0);
        }
    }

    @Test
    void complete_notAskedFor_reportsNothing() {
        try (TextStream completion = Completion.of(model, "once", sampled().build())) {
            completion.text();
            assertThat(completion.logProbabilities()).isEmpty();
        }
    }

    @Test
    void complete_askedFor_drawsTheSameTokens() {
        try (TextStream with = Completion.of(
                        model, "once", sampled().logProbabilities(1).build());
                TextStream without = Completion.of(model, "once", sampled().build())) {
            assertThat(with.text()).isEqualTo(without.text());
        }
    }

    @Test
    void complete_withDeviceSampling_keepsTheLogits() {
        System.setProperty("tokapu.deviceSampling", "on");
        try (TextStream completion =
                Completion.of(model, "once", sampled().logProbabilities(2).build())) {
            completion.text();
            assertThat(completion.logProbabilities()).hasSameSizeAs(completion.tokens());
        } finally {
            System.clearProperty("tokapu.deviceSampling");
        }
    }

    @Test
    void chat_answers_haveThemToo() {
        ChatOptions options = ChatOptions.builder()
                .context(TestModels.small().build())
                .samplers(Sampler.greedy())
                .maxTokens(6)
                .logProbabilities(3)
                .build();
        try (ChatSession chat = ChatSession.open(model, options)) {
            for (String text : List.of("hello", "and more")) {
                TextStream answer = chat.send(text);
                answer.text();
                assertThat(answer.logProbabilities())
                        .hasSameSizeAs(answer.tokens())
                        .allSatisfy(alternatives -> {
                            assertThat(alternatives.top()).hasSize(3);
                            assertThat(alternatives.top().get(0)).isEqualTo(alternatives.chosen());
                        });
            }
        }
    }

    @Test
    void stoppingCriteria_endCompletionsAndAnswers() {
        CompletionOptions options =
                sampled().stoppingCriteria(soFar -> soFar.size() == 3).build();
        try (TextStream completion = Completion.of(model, "once", options)) {
            completion.text();
            assertThat(completion.tokens()).hasSize(3);
            assertThat(completion.finishReason()).isEqualTo(FinishReason.STOP_CRITERION);
        }
        ChatOptions chatOptions = ChatOptions.builder()
                .context(TestModels.small().build())
                .stoppingCriteria(soFar -> soFar.size() == 2)
                .build();
        try (ChatSession chat = ChatSession.open(model, chatOptions)) {
            TextStream answer = chat.send("hello");
            answer.text();
            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP_CRITERION);
            assertThat(answer.tokens()).hasSize(2);
        }
    }

    @Test
    void options_numberOutOfRange_throws() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sampled().logProbabilities(-1).build())
                .withMessageContaining("-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatOptions.builder().logProbabilities(1001).build());
    }
}
