package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.FlashAttention;
import dev.tokapu.Model;
import dev.tokapu.SmolModel;
import dev.tokapu.TestModels;
import dev.tokapu.testsupport.Corpus;
import dev.tokapu.testsupport.Thorough;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the same prompt's logits owe to the batches that it was decoded in: to the pieces that it was cut into, and to other
 * sequences beside it.
 *
 * <p>ggml's flash attention for CPUs computes 64 and more tokens of a sequence with other kernels than fewer, adding up in F32
 * instead of F16. Below that, in streams of their own, batches leave no trace.
 */
@Tag("cpu")
class BatchShapeIT {

    private static final int LENGTH = 80;
    private static final int SEQUENCES = 3;

    /** The logits of this model lie between about -15 and 30. */
    private static final float MOST = 1.5f;

    @SmolModel
    private static Model model;

    private static int[] tokens;

    @BeforeAll
    static void load() {
        tokens = Arrays.copyOf(model.vocab().tokenize(Corpus.prose()), LENGTH);
    }

    private static Context context(boolean unified, FlashAttention flashAttention) {
        return model.newContext(ContextOptions.builder()
                .contextSize(256 * SEQUENCES)
                .maxSequences(SEQUENCES)
                .kvCache(kv -> kv.unified(unified))
                .flashAttention(flashAttention)
                .threads(1)
                .batchThreads(1)
                .build());
    }

    /** The logits behind the prompt, read in pieces, each beside pieces of other prompts. */
    private static float[] logits(Context context, int piece, int neighbours) {
        context.kvCache().clear();
        Batch batch = new Batch(LENGTH * SEQUENCES);
        int from = 0;
        while (true) {
            int to = Math.min(LENGTH, from + piece);
            batch.clear();
            for (int sequence = 0; sequence <= neighbours; sequence++) {
                for (int i = from; i < to; i++) {
                    int token = tokens[sequence == 0 ? i : (7 * i + sequence) % LENGTH];
                    batch.add(token, i, sequence, sequence == 0 && i == LENGTH - 1);
                }
            }
            context.decode(batch);
            if (to == LENGTH) {
                return context.outputs().logits(to - from - 1);
            }
            from = to;
        }
    }

    @Test
    void split_piecesBelowATile_areEqualBitForBitAlsoBesideOthers() {
        try (Context context = context(false, FlashAttention.ENABLED)) {
            float[] alone = logits(context, TestModels.TILE - 1, 0);
            for (int piece : Thorough.some(List.of(7, 1, 32), 2, 1)) {
                assertThat(logits(context, piece, 0)).as("pieces of %d", piece).containsExactly(alone);
                assertThat(logits(context, piece, SEQUENCES - 1))
                        .as("pieces of %d beside others", piece)
                        .containsExactly(alone);
            }
        }
    }

    @Test
    @Tag("ffm")
    void split_samePiecesBesideOthers_areEqualBitForBitWhateverTheirSize() {
        try (Context context = context(false, FlashAttention.ENABLED)) {
            for (int piece : List.of(TestModels.TILE, LENGTH)) {
                assertThat(logits(context, piece, SEQUENCES - 1))
                        .as("pieces of %d", piece)
                        .containsExactly(logits(context, piece, 0));
            }
        }
    }

    /** The kernels for tiles make the difference, since it is not there without flash attention. */
    @Test
    @Tag("ffm")
    void split_tiles_differWithinBoundsAndWithFlashAttentionAlone() {
        try (Context context = context(false, FlashAttention.ENABLED)) {
            assertThat(TestModels.distance(logits(context, 32, 0), logits(context, LENGTH, 0)))
                    .isBetween(1e-3f, MOST);
        }
        try (Context context = context(false, FlashAttention.DISABLED)) {
            assertThat(logits(context, 32, 0)).containsExactly(logits(context, LENGTH, 0));
        }
    }

    /** One buffer for all: what lies in cells of others is masked, but sums come out in another order. */
    static List<Integer> pieces() {
        return Thorough.some(List.of(7, 80, 1), 1);
    }

    @ParameterizedTest
    @MethodSource("pieces")
    void unified_anyPieces_differWithinBounds(int piece) {
        try (Context context = context(true, FlashAttention.ENABLED)) {
            assertThat(TestModels.distance(logits(context, piece, SEQUENCES - 1), logits(context, 32, 0)))
                    .isLessThan(MOST);
        }
    }
}
