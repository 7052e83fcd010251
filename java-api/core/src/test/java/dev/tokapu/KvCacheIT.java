package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KvCacheIT {

    private static final int[] PROMPT = {5, 9, 17, 33, 65, 129, 200, 12};

    @TinyModel
    private static Model tiny;

    private static Context open(boolean unified) {
        return tiny.newContext(TestModels.small()
                .maxSequences(3)
                .kvCache(kv -> kv.unified(unified))
                .build());
    }

    private static float[] next(Context context, int token, int position, int sequence) {
        assertThat(context.decode(new Batch(1).add(token, position, sequence, true)))
                .isEqualTo(DecodeStatus.OK);
        return context.outputs().logits(0);
    }

    private static void prompt(Context context, int[] tokens, int sequence) {
        assertThat(context.decode(new Batch(tokens.length).addAll(tokens, 0, sequence)))
                .isEqualTo(DecodeStatus.OK);
    }

    private static float[] fresh(int[] tokens, int token) {
        try (Context context = tiny.newContext(TestModels.small().build())) {
            prompt(context, tokens, 0);
            return next(context, token, tokens.length, 0);
        }
    }

    private static void assertClose(float[] actual, float[] expected) {
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i])
                    .as("value %d", i)
                    .isCloseTo(expected[i], Offset.offset(TestModels.tolerance(tiny, 1e-3f)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void copy_forkedSequence_givesLogitsOfFreshRun(boolean unified) {
        try (Context context = open(unified)) {
            prompt(context, PROMPT, 0);
            context.kvCache().copy(0, 1, -1, -1);
            assertThat(context.kvCache().minPosition(1)).isZero();
            assertThat(context.kvCache().maxPosition(1)).isEqualTo(PROMPT.length - 1);
            assertClose(next(context, 77, PROMPT.length, 1), fresh(PROMPT, 77));
            assertClose(next(context, 78, PROMPT.length, 0), fresh(PROMPT, 78));
        }
    }

    @Test
    void copy_partOfSequence_needsUnified() {
        try (Context context = open(true)) {
            prompt(context, PROMPT, 0);
            context.kvCache().copy(0, 1, 0, 3);
            assertThat(context.kvCache().maxPosition(1)).isEqualTo(2);
            assertClose(next(context, 77, 3, 1), fresh(Arrays.copyOf(PROMPT, 3), 77));
        }
        try (Context context = open(false)) {
            prompt(context, PROMPT, 0);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.kvCache().copy(0, 1, 0, 3))
                    .withMessageContaining("KvCacheOptions.unified");
        }
    }

    @Test
    void remove_tail_givesLogitsOfFreshRun() {
        try (Context context = open(false)) {
            prompt(context, PROMPT, 0);
            assertThat(context.kvCache().remove(0, 3, -1)).isTrue();
            assertThat(context.kvCache().maxPosition(0)).isEqualTo(2);
            assertClose(next(context, 77, 3, 0), fresh(Arrays.copyOf(PROMPT, 3), 77));
        }
    }

    @Test
    void keep_oneSequence_forgetsOthers() {
        try (Context context = open(false)) {
            prompt(context, PROMPT, 0);
            prompt(context, PROMPT, 1);
            prompt(context, PROMPT, 2);
            context.kvCache().keep(1);
            assertThat(context.kvCache().maxPosition(0)).isEqualTo(-1);
            assertThat(context.kvCache().maxPosition(1)).isEqualTo(PROMPT.length - 1);
            assertThat(context.kvCache().maxPosition(2)).isEqualTo(-1);
        }
    }

    @Test
    void shift_afterRemove_closesGap() {
        try (Context context = open(false)) {
            assertThat(context.kvCache().canShift()).isTrue();
            prompt(context, PROMPT, 0);
            context.kvCache().remove(0, 0, 4);
            assertThat(context.kvCache().minPosition(0)).isEqualTo(4);
            context.kvCache().shift(0, 4, -1, -4);
            assertThat(context.kvCache().minPosition(0)).isZero();
            assertThat(context.kvCache().maxPosition(0)).isEqualTo(3);
            assertThat(next(context, 77, 4, 0)).doesNotContain(Float.NaN);
        }
    }

    @Test
    void shift_thereAndBack_givesSameLogits() {
        try (Context context = open(false)) {
            prompt(context, PROMPT, 0);
            context.kvCache().shift(0, 0, -1, 10);
            assertThat(context.kvCache().minPosition(0)).isEqualTo(10);
            context.kvCache().shift(0, 0, -1, -10);
            float[] expected = fresh(PROMPT, 77);
            float[] actual = next(context, 77, PROMPT.length, 0);
            for (int i = 0; i < actual.length; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], Offset.offset(0.05f));
            }
        }
    }

    @Test
    void divide_positions_areSqueezed() {
        try (Context context = open(false)) {
            prompt(context, PROMPT, 0);
            context.kvCache().divide(0, 0, -1, 2);
            assertThat(context.kvCache().maxPosition(0)).isEqualTo((PROMPT.length - 1) / 2);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.kvCache().divide(0, 0, -1, 0))
                    .withMessageContaining("divisor");
        }
    }

    @Test
    void clear_decodedAgain_givesSameLogits() {
        try (Context context = open(false)) {
            prompt(context, PROMPT, 0);
            float[] first = context.outputs().logits(-1);
            context.kvCache().clear();
            assertThat(context.kvCache().maxPosition(0)).isEqualTo(-1);
            prompt(context, PROMPT, 0);
            assertThat(context.outputs().logits(-1)).isEqualTo(first);
        }
    }
}
