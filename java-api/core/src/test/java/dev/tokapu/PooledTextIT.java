package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.TinyMemoryGguf;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The vector of a text is the same however its tokens are decoded: llama.cpp pools each micro-batch for itself. */
class PooledTextIT {

    private static final double SAME = 0.9999;

    @TinyModel
    private static Model tiny;

    private static ContextOptions.Builder options(Pooling pooling) {
        return TestModels.small()
                .contextSize(2048)
                .embeddings(true)
                .pooling(pooling)
                .flashAttention(FlashAttention.DISABLED);
    }

    private static int[] text(int length, long seed) {
        return new Random(seed).ints(length, 10, 250).toArray();
    }

    private static float[] alone(Model model, Pooling pooling, int[] text) {
        try (Context context = model.newContext(
                options(pooling).batchSize(2048).microBatchSize(2048).build())) {
            context.decode(new Batch(text.length).addAll(text, 0, 0));
            return context.outputs().sequenceEmbeddings(0);
        }
    }

    private static void assertSame(float[] actual, float[] expected, String what) {
        double product = 0;
        double a = 0;
        double b = 0;
        for (int i = 0; i < actual.length; i++) {
            product += actual[i] * (double) expected[i];
            a += actual[i] * (double) actual[i];
            b += expected[i] * (double) expected[i];
        }
        assertThat(product / Math.sqrt(a * b)).as(what).isGreaterThan(SAME);
        assertThat(a / b).as("length of " + what).isBetween(0.99, 1.01);
    }

    /** Decodes texts of these lengths in one batch, a sequence for each. */
    private static void assertVectorsOfEachAlone(
            Model model, Context context, Pooling pooling, String what, int... lengths) {
        Batch batch = new Batch(Arrays.stream(lengths).sum());
        for (int s = 0; s < lengths.length; s++) {
            batch.addAll(text(lengths[s], s), 0, s);
        }
        assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
        for (int s = 0; s < lengths.length; s++) {
            assertSame(
                    context.outputs().sequenceEmbeddings(s),
                    alone(model, pooling, text(lengths[s], s)),
                    "text of " + lengths[s] + " tokens, " + what);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Pooling.class,
            names = {"MEAN", "CLS", "LAST"})
    void decode_textsOfSeveralLengthsInSplitBuffers_giveTheVectorsOfEachAlone(Pooling pooling) {
        for (boolean unified : new boolean[] {false, true}) {
            for (int[] lengths : new int[][] {{5, 9, 17, 30}, {30, 17, 9, 5}, {12, 12, 12, 12}, {1, 300, 2, 40}}) {
                try (Context context = tiny.newContext(options(pooling)
                        .maxSequences(4)
                        .kvCache(kv -> kv.unified(unified))
                        .microBatchSize(64)
                        .build())) {
                    assertVectorsOfEachAlone(tiny, context, pooling, "unified " + unified, lengths);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Pooling.class,
            names = {"MEAN", "CLS", "LAST"})
    void decode_textLongerThanTheMicroBatch_givesTheVectorOfAll(Pooling pooling) {
        int[] text = text(700, 7);
        for (int microBatch : new int[] {512, 128, 1}) {
            try (Context context =
                    tiny.newContext(options(pooling).microBatchSize(microBatch).build())) {
                context.decode(new Batch(text.length).addAll(text, 0, 0));
                assertSame(
                        context.outputs().sequenceEmbeddings(0),
                        alone(tiny, pooling, text),
                        "micro-batch " + microBatch);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Pooling.class,
            names = {"MEAN", "CLS", "LAST"})
    void decode_textInSeveralCallsBesideOthers_givesTheVectorOfAll(Pooling pooling) {
        int[] text = text(350, 3);
        try (Context context = tiny.newContext(options(pooling).maxSequences(2).build())) {
            context.decode(new Batch(100).addAll(Arrays.copyOf(text, 100), 0, 0));
            context.decode(new Batch(20).addAll(text(20, 4), 0, 1));
            context.decode(new Batch(250).addAll(Arrays.copyOfRange(text, 100, 350), 100, 0));
            assertSame(context.outputs().sequenceEmbeddings(0), alone(tiny, pooling, text), "text in two calls");
            assertThat(context.kvCache().remove(0, -1, -1)).isTrue();
            context.decode(new Batch(20).addAll(text(20, 5), 0, 0));
            assertSame(context.outputs().sequenceEmbeddings(0), alone(tiny, pooling, text(20, 5)), "the next text");
        }
    }

    @ParameterizedTest
    @EnumSource(TinyMemoryGguf.class)
    void decode_otherKindsOfMemory_giveTheVectorsOfEachAlone(TinyMemoryGguf kind, @TempDir Path folder) {
        Path file = TinyGguf.write(folder.resolve("tiny.gguf"), kind.bytes());
        try (Model model = Model.load(file);
                Context context = model.newContext(
                        options(Pooling.MEAN).maxSequences(3).microBatchSize(32).build())) {
            assertVectorsOfEachAlone(model, context, Pooling.MEAN, kind.toString(), 5, 70, 33);
        }
    }

    @Test
    void copy_ofAText_continuesItsVector() {
        int[] text = text(60, 9);
        try (Context context = tiny.newContext(options(Pooling.MEAN)
                .maxSequences(2)
                .kvCache(kv -> kv.unified(true))
                .build())) {
            context.decode(new Batch(40).addAll(Arrays.copyOf(text, 40), 0, 0));
            context.kvCache().copy(0, 1, -1, -1);
            context.decode(new Batch(20).addAll(Arrays.copyOfRange(text, 40, 60), 40, 1));
            assertSame(context.outputs().sequenceEmbeddings(1), alone(tiny, Pooling.MEAN, text), "copy");
        }
    }

    @Test
    void sequenceEmbeddings_textWhoseBeginningWasDecodedWithoutThem_isRefused() {
        try (Context context = tiny.newContext(options(Pooling.MEAN).build())) {
            context.setEmbeddings(false);
            context.decode(new Batch(20).addAll(text(20, 1), 0, 0));
            context.setEmbeddings(true);
            context.decode(new Batch(20).addAll(text(20, 2), 20, 0));
            assertThatThrownBy(() -> context.outputs().sequenceEmbeddings(0))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("from its beginning");
        }
    }

    @Test
    void sequenceEmbeddings_textOfWhichAPartWasTakenOut_isRefused() {
        try (Context context = tiny.newContext(options(Pooling.CLS).build())) {
            context.decode(new Batch(20).addAll(text(20, 1), 0, 0));
            context.kvCache().remove(0, 10, -1);
            context.decode(new Batch(20).addAll(text(20, 2), 10, 0));
            assertThatThrownBy(() -> context.outputs().sequenceEmbeddings(0))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void logits_ofABatchThatWasCut_areRefused() {
        try (Context context =
                tiny.newContext(options(Pooling.MEAN).microBatchSize(64).build())) {
            context.decode(new Batch(100).addAll(text(100, 1), 0, 0));
            assertThatThrownBy(() -> context.outputs().logits(-1)).hasMessageContaining("microBatchSize");
            context.decode(new Batch(20).addAll(text(20, 1), 100, 0));
            assertThat(context.outputs().logits(-1)).isNotEmpty();
        }
    }

    @Test
    void decode_thatFindsNoRoomForItsSecondPiece_leavesTheMemoryAsItWas() {
        try (Context context = tiny.newContext(options(Pooling.MEAN)
                .contextSize(256)
                .maxSequences(2)
                .kvCache(kv -> kv.unified(true))
                .microBatchSize(64)
                .build())) {
            context.decode(new Batch(120).addAll(text(120, 1), 0, 0));
            assertThat(context.decode(new Batch(200).addAll(text(200, 2), 0, 1)))
                    .isEqualTo(DecodeStatus.NO_KV_SLOT);
            assertThat(context.kvCache().maxPosition(1)).isEqualTo(-1);
            context.decode(new Batch(100).addAll(text(100, 2), 0, 1));
            assertSame(
                    context.outputs().sequenceEmbeddings(1), alone(tiny, Pooling.MEAN, text(100, 2)), "after no room");
        }
    }
}
