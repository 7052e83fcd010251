package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.testsupport.AllocationMeter;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ContextIT {

    private static final int[] PROMPT = {5, 9, 17, 33, 65, 129, 200, 12};

    @TinyModel
    private static Model tiny;

    private static float[] run(ContextOptions options, int... tokens) {
        try (Context context = tiny.newContext(options)) {
            assertThat(context.decode(new Batch(tokens.length).addAll(tokens, 0, 0)))
                    .isEqualTo(DecodeStatus.OK);
            return context.outputs().logits(-1);
        }
    }

    private static void assertClose(float[] actual, float[] expected, float tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).as("value %d", i).isCloseTo(expected[i], Offset.offset(tolerance));
        }
    }

    @Test
    void sizes_defaults_fitTheModel() {
        try (Context context = tiny.newContext()) {
            assertThat(context.info().contextSize()).isEqualTo(tiny.info().trainedContextSize());
            assertThat(context.info().sequenceContextSize())
                    .isEqualTo(context.info().contextSize());
            assertThat(context.info().batchSize()).isEqualTo(context.info().contextSize());
            assertThat(context.info().microBatchSize())
                    .isLessThanOrEqualTo(context.info().batchSize());
            assertThat(context.info().maxSequences()).isEqualTo(1);
            assertThat(context.threads()).isEqualTo(ContextOptions.defaults().threads());
            assertThat(context.info().pooling()).isEqualTo(Pooling.NONE);
            assertThat(context.model()).isSameAs(tiny);
        }
    }

    @Test
    void decode_sameBatchTwice_givesSameLogits() {
        float[] first = run(TestModels.small().build(), PROMPT);
        assertThat(first).hasSize(tiny.vocab().size()).doesNotContain(Float.NaN);
        assertThat(run(TestModels.small().build(), PROMPT)).isEqualTo(first);
    }

    @Test
    void decode_tokenByToken_givesLogitsOfWholePrompt() {
        float[] whole = run(TestModels.small().build(), PROMPT);
        try (Context context = tiny.newContext(TestModels.small().build())) {
            Batch batch = new Batch(1);
            for (int i = 0; i < PROMPT.length; i++) {
                context.decode(batch.clear().add(PROMPT[i], i, 0, true));
            }
            assertClose(context.outputs().logits(0), whole, TestModels.tolerance(tiny, 1e-3f));
            assertThat(context.kvCache().maxPosition(0)).isEqualTo(PROMPT.length - 1);
        }
    }

    @Test
    void decode_microBatches_giveLogitsOfWholePrompt() {
        float[] whole = run(TestModels.small().build(), PROMPT);
        assertClose(
                run(TestModels.small().microBatchSize(3).build(), PROMPT), whole, TestModels.tolerance(tiny, 1e-3f));
    }

    @Test
    void decode_twoSequencesInOneBatch_giveLogitsOfEach() {
        int[] other = {7, 8, 9};
        ContextOptions options = TestModels.small().maxSequences(2).build();
        try (Context context = tiny.newContext(options)) {
            Batch batch = new Batch(16).addAll(PROMPT, 0, 0).addAll(other, 0, 1);
            assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
            assertClose(
                    context.outputs().logits(PROMPT.length - 1),
                    run(TestModels.small().build(), PROMPT),
                    TestModels.tolerance(tiny, 1e-3f));
            assertClose(
                    context.outputs().logits(-1),
                    run(TestModels.small().build(), other),
                    TestModels.tolerance(tiny, 1e-3f));
        }
    }

    @Test
    void decode_outputForEachToken_givesLogitsOfPrefixes() {
        try (Context context = tiny.newContext(TestModels.small().build())) {
            Batch batch = new Batch(3);
            for (int i = 0; i < 3; i++) {
                batch.add(PROMPT[i], i, 0, true);
            }
            context.decode(batch);
            assertClose(
                    context.outputs().logits(0),
                    run(TestModels.small().build(), PROMPT[0]),
                    TestModels.tolerance(tiny, 1e-3f));
            assertClose(
                    context.outputs().logits(1),
                    run(TestModels.small().build(), PROMPT[0], PROMPT[1]),
                    TestModels.tolerance(tiny, 1e-3f));
            float[] longer = new float[tiny.vocab().size() + 7];
            context.outputs().copyLogits(2, longer);
            assertThat(longer).endsWith(new float[7]);
        }
    }

    @Test
    void threads_changed_giveSameLogits() {
        float[] one = run(TestModels.small().build(), PROMPT);
        assertClose(run(TestModels.small().threads(2).batchThreads(2).build(), PROMPT), one, 1e-4f);
        try (Context context = tiny.newContext(TestModels.small().build())) {
            context.setThreads(2, 2);
            assertThat(context.threads()).isEqualTo(2);
            assertThat(context.batchThreads()).isEqualTo(2);
            context.decode(new Batch(16).addAll(PROMPT, 0, 0));
            assertClose(context.outputs().logits(-1), one, 1e-4f);
        }
    }

    @Test
    void embeddings_perToken_haveTheModelsWidth() {
        ContextOptions options =
                TestModels.small().embeddings(true).pooling(Pooling.NONE).build();
        try (Context context = tiny.newContext(options)) {
            context.decode(new Batch(16).addAll(PROMPT, 0, 0));
            assertThat(context.outputs().embeddings(0))
                    .hasSize(tiny.info().outputEmbeddingSize())
                    .doesNotContain(Float.NaN);
            assertThat(context.outputs().embeddings(PROMPT.length - 1))
                    .isEqualTo(context.outputs().embeddings(-1));
            assertThatIllegalStateException()
                    .isThrownBy(() -> context.outputs().sequenceEmbeddings(0))
                    .withMessageContaining("ContextOptions.pooling");
        }
    }

    @Test
    void embeddings_meanPooling_isMeanOfTokens() {
        float[] mean = new float[tiny.info().outputEmbeddingSize()];
        ContextOptions perToken =
                TestModels.small().embeddings(true).pooling(Pooling.NONE).build();
        try (Context context = tiny.newContext(perToken)) {
            context.decode(new Batch(16).addAll(PROMPT, 0, 0));
            for (int token = 0; token < PROMPT.length; token++) {
                float[] one = context.outputs().embeddings(token);
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += one[i] / PROMPT.length;
                }
            }
        }
        ContextOptions pooled = perToken.toBuilder().pooling(Pooling.MEAN).build();
        try (Context context = tiny.newContext(pooled)) {
            assertThat(context.info().pooling()).isEqualTo(Pooling.MEAN);
            context.decode(new Batch(16).addAll(PROMPT, 0, 0));
            assertClose(context.outputs().sequenceEmbeddings(0), mean, 1e-3f);
            assertThatIllegalStateException()
                    .isThrownBy(() -> context.outputs().embeddings(0))
                    .withMessageContaining("sequenceEmbeddings");
        }
    }

    @Test
    void setEmbeddings_onLater_makesThem() {
        try (Context context =
                tiny.newContext(TestModels.small().pooling(Pooling.NONE).build())) {
            context.setEmbeddings(true);
            context.decode(new Batch(16).addAll(PROMPT, 0, 0));
            assertThat(context.outputs().embeddings(0)).hasSize(tiny.info().outputEmbeddingSize());
            context.setEmbeddings(false);
            assertThatIllegalStateException().isThrownBy(() -> context.outputs().embeddings(0));
        }
    }

    @Test
    void inputEmbeddings_decode_giveLogits() {
        try (Context context = tiny.newContext(TestModels.small().build())) {
            int width = tiny.info().inputEmbeddingSize();
            float[] embedding = new float[width];
            java.util.Arrays.fill(embedding, 0.25f);
            Batch batch = Batch.ofEmbeddings(2, width)
                    .addEmbedding(embedding, 0, 0, false)
                    .addEmbedding(embedding, 1, 0, true);
            assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
            assertThat(context.outputs().logits(1)).hasSize(tiny.vocab().size()).doesNotContain(Float.NaN);
        }
    }

    @Test
    void setCausalAttention_off_changesEarlierOutputs() {
        float[] causal = run(TestModels.small().build(), PROMPT[0]);
        try (Context context = tiny.newContext(TestModels.small().build())) {
            context.setCausalAttention(false);
            context.decode(new Batch(2).add(PROMPT[0], 0, 0, true).add(PROMPT[1], 1, 0, true));
            assertThat(context.outputs().logits(0)).isNotEqualTo(causal);
        }
    }

    @Test
    void encode_decoderModel_isUnsupported() {
        try (Context context = tiny.newContext(TestModels.small().build())) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> context.encode(new Batch(1).add(3, 0, 0, true)))
                    .withMessageContaining("no encoder");
        }
    }

    @Test
    void decodeLoop_steadyState_allocatesNothing() {
        try (Context context =
                tiny.newContext(TestModels.small().contextSize(512).build())) {
            Batch batch = new Batch(1);
            float[] logits = new float[tiny.vocab().size()];
            Runnable loop = () -> {
                context.kvCache().clear();
                for (int position = 0; position < 400; position++) {
                    batch.clear().add(3 + position % 50, position, 0, true);
                    context.decode(batch);
                    context.outputs().copyLogits(-1, logits);
                }
            };
            long allocated = AllocationMeter.leastBytes(399, loop);
            assertThat(allocated).as("bytes for 400 tokens, once compiled").isLessThan(400);
        }
    }
}
