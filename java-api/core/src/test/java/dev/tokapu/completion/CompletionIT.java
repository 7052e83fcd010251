package dev.tokapu.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import java.util.Iterator;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class CompletionIT {

    @TinyModel
    private static Model model;

    private static long handles;

    @BeforeAll
    static void load() {
        handles = TestModels.settledHandles();
    }

    @AfterEach
    void nothingLeaks() {
        assertThat(TestModels.liveHandles()).isEqualTo(handles);
    }

    private static CompletionOptions.Builder greedy() {
        return CompletionOptions.builder().context(TestModels.small().build()).samplers(Sampler.greedy());
    }

    /** The model may not end it. */
    private static CompletionOptions.Builder endless() {
        return greedy().samplers(TestModels.noEnd(model), Sampler.greedy());
    }

    private static String complete(String prompt, CompletionOptions options) {
        return Completion.of(model, prompt, options).text();
    }

    @Test
    void complete_greedy_isReproducible() {
        CompletionOptions options = greedy().maxTokens(30).build();
        String text = complete("once upon", options);
        assertThat(text).isNotEmpty().isEqualTo(complete("once upon", options));
    }

    @Test
    void complete_sameSeed_isReproducible() {
        CompletionOptions options =
                greedy().samplers(Sampler.defaults(4)).maxTokens(30).build();
        assertThat(complete("once upon", options)).isEqualTo(complete("once upon", options));
    }

    @Test
    void complete_smallBatches_makeNoDifference() {
        String prompt = "the quick brown fox jumps over the lazy dog, again and again and again";
        String text = complete(prompt, greedy().maxTokens(20).build());
        ContextOptions seven = TestModels.small().batchSize(7).microBatchSize(7).build();
        TextStream chunked = Completion.of(
                model, prompt, greedy().context(seven).maxTokens(20).build());
        assertThat(chunked.text()).isEqualTo(text);
        assertThat(chunked.usage().promptTokens()).isGreaterThan(20);
    }

    @Test
    void complete_maxTokens_countsThem() {
        TextStream completion =
                Completion.of(model, "once", endless().maxTokens(5).build());
        completion.text();
        assertThat(completion.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
        assertThat(completion.usage().generatedTokens()).isEqualTo(5);
        assertThat(completion.tokens()).hasSize(5);
        assertThat(completion.timings().promptMillis()).isPositive();
        assertThat(completion.timings().tokensPerSecond()).isPositive();
    }

    @Test
    void complete_stopString_isCutOff() {
        CompletionOptions options = greedy().samplers(
                        Sampler.grammar("root ::= \"abcdefghijklmnop\""), Sampler.greedy())
                .stops("klm")
                .build();
        TextStream completion = Completion.of(model, "once upon", options);
        assertThat(completion.text()).isEqualTo("abcdefghij");
        assertThat(completion.finishReason()).isEqualTo(FinishReason.STOP_TEXT);
    }

    @Test
    void complete_endOfGeneration_endsIt() {
        TextStream completion = Completion.of(
                model,
                "once",
                greedy().samplers(Sampler.grammar("root ::= \"yes\""), Sampler.greedy())
                        .build());
        assertThat(completion.text().strip()).isEqualTo("yes");
        assertThat(completion.finishReason()).isEqualTo(FinishReason.STOP_TOKEN);
    }

    @Test
    void complete_contextFull_saysSo() {
        ContextOptions tight = TestModels.small().contextSize(32).build();
        TextStream completion = Completion.of(
                model, "once upon a time", endless().context(tight).build());
        completion.text();
        int size = completion.usage().promptTokens() + completion.usage().generatedTokens();
        assertThat(completion.finishReason()).isEqualTo(FinishReason.CONTEXT_FULL);
        assertThat(size).isBetween(32, 260);
    }

    @Test
    void complete_promptLongerThanContext_throws() {
        assertThatExceptionOfType(ContextOverflowException.class)
                .isThrownBy(() -> Completion.of(model, "word ".repeat(400), greedy().build()))
                .withMessageContaining("256");
    }

    @Test
    void complete_controlTextInPrompt_isParsedOnlyWhenAsked() {
        int plain = promptTokens(greedy().build());
        int parsed = promptTokens(greedy().parseSpecial(true).build());
        assertThat(parsed).isLessThan(plain);
    }

    private static int promptTokens(CompletionOptions options) {
        try (TextStream completion = Completion.of(model, "<|im_start|>a<|im_end|>", options)) {
            return completion.usage().promptTokens();
        }
    }

    @Test
    void complete_badArguments_throw() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> greedy().samplers(Sampler.topK(3)).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> greedy().maxTokens(-5).build());
    }

    @Test
    void close_beforeTheEnd_freesTheContext() {
        TextStream completion = Completion.of(model, "once", endless().build());
        Iterator<String> pieces = completion.iterator();
        pieces.next();
        completion.close();
        assertThat(completion.finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(pieces.hasNext()).isFalse();
        completion.close();
    }

    @Test
    void cancel_fromAnotherThread_endsIt() throws Exception {
        ContextOptions large = TestModels.small().contextSize(512).build();
        for (int n = 0; n < 5; n++) {
            TextStream completion = Completion.of(
                    model,
                    "once",
                    greedy().context(large).samplers(Sampler.dist(n)).build());
            FutureTask<String> text = TestModels.start("reader", completion::text);
            completion.cancel();
            text.get(5, TimeUnit.MINUTES);
            assertThat(completion.finishReason())
                    .isIn(FinishReason.CANCELLED, FinishReason.STOP_TOKEN, FinishReason.CONTEXT_FULL);
        }
    }
}
