package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.AdaptiveThreads;
import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.FlashAttention;
import dev.tokapu.Model;
import dev.tokapu.SmolModel;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.testsupport.Corpus;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What answers owe to the number of threads that computed them: nothing, but for attention over more than 256 tokens. */
@Tag("cpu")
class AdaptiveThreadsIT {

    private static final int PROMPT = 80;
    private static final int ANSWER = 40;
    private static final int FEW = 3; // tokens: threads that wait for each other are slow on a busy machine
    private static final int LONG = 300;
    private static final int SEQUENCES = 3;

    /** The logits of the quantized model lie between about -15 and 30. */
    private static final float MOST = 1.5f;

    @TinyModel
    private static Model tiny;

    @SmolModel
    private static Model smol;

    private static ContextOptions.Builder options(int threads) {
        return ContextOptions.builder()
                .contextSize(512 * SEQUENCES)
                .maxSequences(SEQUENCES)
                .flashAttention(FlashAttention.ENABLED)
                .threads(threads)
                .batchThreads(threads);
    }

    /** The logits behind a prompt and the likeliest tokens that follow it, with other sequences beside every second one. */
    private static float[] answer(Context context, int[] answer) {
        Model model = context.model();
        int[] tokens = model.vocab().tokenize(Corpus.prose());
        try (SamplerChain greedy = SamplerChain.of(model, Sampler.greedy())) {
            Batch batch = new Batch(PROMPT * SEQUENCES);
            for (int i = 0; i < PROMPT; i++) {
                for (int sequence = 0; sequence < SEQUENCES; sequence++) {
                    batch.add(tokens[i + 7 * sequence], i, sequence, sequence == 0 && i == PROMPT - 1);
                }
            }
            context.decode(batch);
            for (int i = 0; i < answer.length; i++) {
                answer[i] = greedy.sample(context, i == 0 ? (PROMPT - 1) * SEQUENCES : 0);
                batch.clear().add(answer[i], PROMPT + i, 0, true);
                for (int sequence = 1; sequence < (i % 2 == 0 ? 1 : SEQUENCES); sequence++) {
                    batch.add(5 + i, PROMPT + i / 2, sequence, false);
                }
                context.decode(batch);
            }
            return context.outputs().logits(0);
        }
    }

    private static float[] answer(Model model, ContextOptions options, int[] answer) {
        try (Context context = model.newContext(options)) {
            return answer(context, answer);
        }
    }

    @Test
    void shortContext_anyNumberOfThreads_givesEqualLogits() {
        int[] expected = new int[ANSWER];
        float[] logits = answer(tiny, options(1).build(), expected);
        for (ContextOptions options : List.of(
                options(2).build(),
                options(4).build(),
                options(2).adaptiveThreads(AdaptiveThreads.ENABLED).build())) {
            int[] answer = new int[ANSWER];
            assertThat(answer(tiny, options, answer)).containsExactly(logits);
            assertThat(answer).containsExactly(expected);
        }
    }

    @Test
    @Tag("ffm")
    void shortContext_quantizedModel_givesEqualLogits() {
        int[] expected = new int[FEW];
        float[] logits = answer(smol, options(1).build(), expected);
        int[] answer = new int[FEW];
        assertThat(answer(smol, options(2).build(), answer)).containsExactly(logits);
        assertThat(answer).containsExactly(expected);
    }

    @Test
    @Tag("ffm")
    void longContext_severalThreads_differWithinBoundsAndWithFlashAttentionAlone() {
        assertThat(distance(FlashAttention.ENABLED)).isLessThan(MOST);
        assertThat(distance(FlashAttention.DISABLED)).isZero();
    }

    /** How far the logits of a token that is decoded alone lie apart with one thread and with two. */
    private static float distance(FlashAttention flashAttention) {
        int[] tokens = smol.vocab().tokenize(Corpus.prose());
        try (Context context =
                smol.newContext(options(1).flashAttention(flashAttention).build())) {
            context.decode(new Batch(LONG).addAll(Arrays.copyOf(tokens, LONG), 0, 0));
            Batch next = new Batch(1).add(tokens[LONG], LONG, 0, true);
            context.decode(next);
            float[] logits = context.outputs().logits(0);
            assertThat(context.kvCache().remove(0, LONG, -1)).isTrue();
            context.setThreads(2, 2);
            context.decode(next);
            return TestModels.distance(context.outputs().logits(0), logits);
        }
    }

    @Test
    void setThreads_adaptiveContext_keepsThemFromThenOn() {
        int most;
        try (Context fixed = tiny.newContext(options(2).build())) {
            most = fixed.threads();
        }
        try (Context context = tiny.newContext(
                options(2).adaptiveThreads(AdaptiveThreads.ENABLED).build())) {
            answer(context, new int[ANSWER]);
            assertThat(context.threads()).isBetween(1, most);
            context.setThreads(1, most);
            context.kvCache().clear();
            answer(context, new int[ANSWER]);
            assertThat(context.threads()).isEqualTo(1);
            assertThat(context.batchThreads()).isEqualTo(most);
        }
    }
}
