package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.FlashAttention;
import dev.tokapu.Model;
import dev.tokapu.SmolModel;
import dev.tokapu.TestModels;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.testsupport.Corpus;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What answers owe to the number of threads that computed them: nothing, but for attention over more than 256 tokens. */
@Tag("cpu")
class AdaptiveThreadsIT {

    private static final int PROMPT = 80;
    private static final int ANSWER = 40;
    private static final int SEQUENCES = 3;

    /** The logits of this model lie between about -15 and 30. */
    private static final float MOST = 1.5f;

    @SmolModel
    private static Model model;

    private static int[] tokens;

    @BeforeAll
    static void load() {
        tokens = model.vocab().tokenize(Corpus.prose());
    }

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

    private static float[] answer(ContextOptions options, int[] answer) {
        try (Context context = model.newContext(options)) {
            return answer(context, answer);
        }
    }

    @Test
    void shortContext_anyNumberOfThreads_givesEqualLogits() {
        int[] expected = new int[ANSWER];
        float[] logits = answer(options(1).build(), expected);
        for (int threads : new int[] {2, 4}) {
            int[] answer = new int[ANSWER];
            assertThat(answer(options(threads).build(), answer)).containsExactly(logits);
            assertThat(answer).containsExactly(expected);
        }
        int[] answer = new int[ANSWER];
        assertThat(answer(options(2).adaptiveThreads(true).build(), answer)).containsExactly(logits);
        assertThat(answer).containsExactly(expected);
    }

    @Test
    @Tag("ffm")
    void longContext_severalThreads_differWithinBoundsAndWithFlashAttentionAlone() {
        float[] alone = behind(options(1), 300);
        assertThat(TestModels.distance(behind(options(2), 300), alone)).isLessThan(MOST);
        ContextOptions.Builder without = options(1).flashAttention(FlashAttention.DISABLED);
        assertThat(behind(options(2).flashAttention(FlashAttention.DISABLED), 300))
                .containsExactly(behind(without, 300));
    }

    /** The logits of a token that is decoded alone. */
    private static float[] behind(ContextOptions.Builder options, int length) {
        try (Context context = model.newContext(options.build())) {
            context.decode(new Batch(length).addAll(Arrays.copyOf(tokens, length), 0, 0));
            context.decode(new Batch(1).add(tokens[length], length, 0, true));
            return context.outputs().logits(0);
        }
    }

    @Test
    void setThreads_adaptiveContext_keepsThemFromThenOn() {
        int most;
        try (Context fixed = model.newContext(options(2).build())) {
            most = fixed.threads();
        }
        try (Context context = model.newContext(options(2).adaptiveThreads(true).build())) {
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
