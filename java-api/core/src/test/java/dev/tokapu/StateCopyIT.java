package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.exception.SequenceStateException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** States that are copied in parts, with steps of other sequences between them. */
class StateCopyIT {

    private static final int[] PROMPT = new Random(3).ints(40, 3, 340).toArray();

    private static void decode(Context context, int sequence, int... tokens) {
        Batch batch = new Batch(tokens.length);
        int from = Sequence.of(context, sequence).length();
        for (int i = 0; i < tokens.length; i++) {
            batch.add(tokens[i], from + i, sequence, i == tokens.length - 1);
        }
        assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
    }

    private static void copyBesideSteps(Context context, StateCopy copy) {
        for (int i = 0; copy.next(1) > 0; i++) {
            assertThat(copy.isComplete()).isFalse();
            if (i < 100) {
                decode(context, 1, 5 + i);
            }
        }
        assertThat(copy.isComplete()).isTrue();
    }

    private static float[] logitsAfter(Context context, int sequence, int token) {
        decode(context, sequence, token);
        return context.outputs().logits(0);
    }

    @ParameterizedTest
    @EnumSource
    void copy_besideSteps_isTheWholeState(MemoryKind kind, @TempDir Path folder) {
        try (Model model = Model.load(kind.write(folder));
                Context context = model.newContext(kind.options())) {
            decode(context, 0, PROMPT);
            SequenceState state;
            try (StateCopy copy = Sequence.of(context, 0).beginState(PROMPT)) {
                copyBesideSteps(context, copy);
                state = copy.state();
            }
            float[] expected = logitsAfter(context, 0, 7);
            try (state) {
                assertThat(state.length()).isEqualTo(PROMPT.length);
                assertThat(state.tokens()).isEqualTo(PROMPT);
                try (StateCopy copy = Sequence.of(context, 2).beginRestore(state)) {
                    copyBesideSteps(context, copy);
                }
            }
            assertThat(Sequence.of(context, 2).length()).isEqualTo(PROMPT.length);
            assertThat(TestModels.distance(logitsAfter(context, 2, 7), expected))
                    .isLessThan(TestModels.tolerance(model, 1e-2f));
        }
    }

    @ParameterizedTest
    @EnumSource
    void copy_continuingAState_isTheWholeState(MemoryKind kind, @TempDir Path folder) {
        continueBesideSteps(Model.load(kind.write(folder)), kind.options(), 1e-2f);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void copy_continuingAStateWithFlashAttention_isTheWholeState(boolean unified) {
        continueBesideSteps(TestModels.tiny(), shareable(unified), 5e-2f);
    }

    /** Values that are not transposed: rows of a state belong to one token each. */
    private static ContextOptions shareable(boolean unified) {
        return TestModels.small()
                .maxSequences(3)
                .contextSize(unified ? 512 : 1024)
                .kvCache(kv -> kv.unified(unified))
                .flashAttention(FlashAttention.ENABLED)
                .build();
    }

    private static void continueBesideSteps(Model opened, ContextOptions options, float tolerance) {
        int[] tokens = Arrays.copyOf(PROMPT, PROMPT.length + 6);
        Arrays.fill(tokens, PROMPT.length, tokens.length, 9);
        try (Model model = opened;
                Context context = model.newContext(options)) {
            decode(context, 0, PROMPT);
            Sequence sequence = Sequence.of(context, 0);
            SequenceState first = sequence.state(PROMPT);
            decode(context, 1, 5); // in one buffer between the cells of the sequence
            decode(context, 0, 9, 9, 9);
            decode(context, 1, 5);
            decode(context, 0, 9, 9, 9);
            SequenceState state;
            try (StateCopy copy = first.beginContinuing(sequence, LoraSet.NONE, tokens)) {
                first.close();
                copyBesideSteps(context, copy);
                state = copy.state();
            }
            try (state;
                    SequenceState whole = sequence.state(tokens)) {
                assertThat(state.size()).isEqualTo(whole.size());
                assertThat(state.tokens()).isEqualTo(tokens);
                try (SequenceState read = SequenceState.of(state.toBytes())) {
                    Sequence.of(context, 2).restore(read);
                }
            }
            assertThat(TestModels.distance(logitsAfter(context, 2, 7), logitsAfter(context, 0, 7)))
                    .isLessThan(TestModels.tolerance(model, tolerance));
        }
    }

    @Test
    void state_continued_copiesOnlyWhatIsNew() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(shareable(true))) {
            decode(context, 0, PROMPT);
            Sequence sequence = Sequence.of(context, 0);
            try (SequenceState first = sequence.state(PROMPT)) {
                decode(context, 0, 9);
                int[] tokens = Arrays.copyOf(PROMPT, PROMPT.length + 1);
                tokens[PROMPT.length] = 9;
                assertThat(bytesAfterTheFirstPart(first.beginContinuing(sequence, LoraSet.NONE, tokens)))
                        .isLessThan(first.size() / 2);
                tokens[PROMPT.length / 2]++;
                assertThat(bytesAfterTheFirstPart(first.beginContinuing(sequence, LoraSet.NONE, tokens)))
                        .isGreaterThan(first.size() / 2);
                assertThat(bytesAfterTheFirstPart(first.beginContinuing(sequence, LoraSet.NONE)))
                        .isGreaterThan(first.size() / 2);
            }
            SequenceState closed = sequence.state(PROMPT);
            closed.close();
            assertThatIllegalStateException().isThrownBy(() -> closed.beginContinuing(sequence, LoraSet.NONE, PROMPT));
        }
    }

    private static long bytesAfterTheFirstPart(StateCopy copy) {
        try (copy) {
            return copy.next(1);
        }
    }

    @Test
    void state_ofAnIncompleteCopyOrARestore_throws() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(MemoryKind.DENSE_SPLIT.options())) {
            decode(context, 0, PROMPT);
            try (StateCopy copy = Sequence.of(context, 0).beginState()) {
                assertThatIllegalStateException()
                        .isThrownBy(copy::state)
                        .withMessageContaining("not copied to its end");
                assertThatIllegalArgumentException().isThrownBy(() -> copy.next(0));
            }
            try (SequenceState state = Sequence.of(context, 0).state();
                    StateCopy copy = Sequence.of(context, 1).beginRestore(state)) {
                assertThatIllegalStateException().isThrownBy(copy::state).withMessageContaining("beginState");
                assertThat(copy.next(Long.MAX_VALUE)).isZero();
            }
        }
    }

    @Test
    void copy_whoseSequenceIsCutOrCleared_throwsAndLeavesOthersAlone() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(MemoryKind.DENSE_UNIFIED.options())) {
            decode(context, 0, PROMPT);
            try (SequenceState state = Sequence.of(context, 0).state();
                    StateCopy restore = Sequence.of(context, 1).beginRestore(state)) {
                assertThat(restore.next(1)).isPositive();
                context.kvCache().remove(1, -1, -1);
                decode(context, 2, PROMPT);
                assertThatExceptionOfType(SequenceStateException.class)
                        .isThrownBy(() -> restore.next(1))
                        .withMessageContaining("sequence 1");
                assertThat(TestModels.distance(logitsAfter(context, 2, 7), logitsAfter(context, 0, 7)))
                        .isLessThan(TestModels.tolerance(model, 1e-2f));
            }
            try (StateCopy save = Sequence.of(context, 0).beginState()) {
                assertThat(save.next(1)).isPositive();
                context.kvCache().remove(0, PROMPT.length / 2, -1);
                assertThatExceptionOfType(SequenceStateException.class)
                        .isThrownBy(() -> save.next(1))
                        .withMessageContaining("sequence 0");
            }
        }
    }

    @Test
    void close_inAnyOrder_isSafe() {
        try (Model model = TestModels.tiny()) {
            Context context = model.newContext(MemoryKind.DENSE_SPLIT.options());
            decode(context, 0, PROMPT);
            SequenceState state = Sequence.of(context, 0).state();
            StateCopy save = Sequence.of(context, 0).beginState();
            StateCopy restore = Sequence.of(context, 1).beginRestore(state);
            state.close();
            assertThat(restore.next(1)).isPositive();
            context.close();
            assertThatIllegalStateException().isThrownBy(() -> save.next(1));
            save.close();
            save.close();
            restore.close();
        }
    }
}
