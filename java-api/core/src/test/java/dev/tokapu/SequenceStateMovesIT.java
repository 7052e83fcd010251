package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** States of sequences that were copied or moved just before, which llama.cpp carries out with the next decode. */
class SequenceStateMovesIT {

    private static final int[] PROMPT = new Random(3).ints(40, 3, 340).toArray();
    private static final int[] OTHER = new Random(4).ints(30, 3, 340).toArray();
    private static final int NEXT = 17;

    @TinyModel
    private static Model model;

    private static Context context() {
        return model.newContext(TestModels.small().maxSequences(3).build());
    }

    private static Sequence decoded(Context context, int id, int... tokens) {
        Batch batch = new Batch(tokens.length);
        int from = Sequence.of(context, id).length();
        for (int i = 0; i < tokens.length; i++) {
            batch.add(tokens[i], from + i, id, i == tokens.length - 1);
        }
        assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
        return Sequence.of(context, id);
    }

    /** The logits behind a sequence and one more token. */
    private static float[] next(Sequence sequence) {
        decoded(sequence.context(), sequence.id(), NEXT);
        return sequence.context().outputs().logits(0);
    }

    private static float[] expected(int... tokens) {
        try (Context context = context()) {
            return next(decoded(context, 0, tokens));
        }
    }

    private static float[] afterRestore(SequenceState state) {
        try (Context context = context()) {
            Sequence sequence = Sequence.of(context, 1);
            sequence.restore(state);
            return next(sequence);
        }
    }

    private static void assertNear(float[] logits, float... expected) {
        assertThat(TestModels.distance(logits, expected)).isLessThan(TestModels.tolerance(model, 1e-2f));
    }

    @Test
    void state_ofACopyThatWasNotDecodedSince_isTheCopy() {
        try (Context context = context()) {
            decoded(context, 1, OTHER); // what the copy replaces
            decoded(context, 0, PROMPT);
            context.kvCache().copy(0, 1, -1, -1);
            try (SequenceState state = Sequence.of(context, 1).state()) {
                assertNear(afterRestore(state), expected(PROMPT));
            }
        }
    }

    @Test
    void restore_intoASequenceThatWasJustCopied_leavesTheCopy() {
        try (Context context = context()) {
            try (SequenceState other = decoded(context, 2, OTHER).state()) {
                Sequence source = decoded(context, 0, PROMPT);
                context.kvCache().copy(0, 1, -1, -1);
                source.clear();
                source.restore(other);
            }
            assertNear(next(Sequence.of(context, 1)), expected(PROMPT));
            assertNear(next(Sequence.of(context, 0)), expected(OTHER));
        }
    }

    @Test
    void restore_intoASequenceThatACopyWasToReplace_isWhatWasRestored() {
        try (Context context = context()) {
            try (SequenceState other = decoded(context, 2, OTHER).state()) {
                decoded(context, 0, PROMPT);
                context.kvCache().copy(0, 1, -1, -1);
                Sequence.of(context, 1).clear();
                Sequence.of(context, 1).restore(other);
            }
            assertNear(next(Sequence.of(context, 1)), expected(OTHER));
        }
    }

    @Test
    void state_ofPositionsThatWereJustShifted_hasThemShifted() {
        try (Context context = context()) {
            Sequence sequence = decoded(context, 0, PROMPT);
            context.kvCache().remove(0, 0, 8);
            context.kvCache().shift(0, 8, -1, -8);
            try (SequenceState state = sequence.state()) {
                float[] restored = afterRestore(state);
                assertNear(restored, next(sequence));
            }
        }
    }
}
