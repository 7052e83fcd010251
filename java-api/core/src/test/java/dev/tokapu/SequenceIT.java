package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.exception.PartialRemovalException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is done to a sequence, it goes on with the logits of a fresh run over its tokens. */
class SequenceIT {

    private static final int[] PROMPT = new Random(3).ints(60, 3, 340).toArray();

    /** Attention rounds to F16, and cells in another order or tokens in another batch are rounded differently. */
    private static final float TOLERANCE = 5e-3f;

    @TempDir
    private static Path folder;

    private static float[] decode(Sequence sequence, int... tokens) {
        Context context = sequence.context();
        Batch batch = new Batch(1);
        for (int token : tokens) {
            batch.clear().add(token, sequence.length(), sequence.id(), true);
            assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
        }
        return context.outputs().logits(0);
    }

    private static float[] fresh(Model model, MemoryKind kind, int[] tokens) {
        try (Context context = model.newContext(kind.options())) {
            return decode(Sequence.of(context, 0), tokens);
        }
    }

    private static int[] with(int[] tokens, int... more) {
        int[] all = Arrays.copyOf(tokens, tokens.length + more.length);
        System.arraycopy(more, 0, all, tokens.length, more.length);
        return all;
    }

    private static void same(Model model, float[] actual, float[] expected) {
        assertThat(TestModels.distance(actual, expected)).isLessThan(TestModels.tolerance(model, TOLERANCE));
    }

    @ParameterizedTest
    @EnumSource
    void logits_anotherBeginning_differ(MemoryKind kind) {
        try (Model model = Model.load(kind.write(folder))) {
            int[] other = PROMPT.clone();
            other[PROMPT.length - 3] ^= 1;
            assertThat(TestModels.distance(fresh(model, kind, PROMPT), fresh(model, kind, other)))
                    .isGreaterThan(20 * TOLERANCE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void fork_eightBranches_giveLogitsOfFreshRuns(MemoryKind kind) {
        try (Model model = Model.load(kind.write(folder));
                Context context = model.newContext(kind.options())) {
            Sequence trunk = Sequence.of(context, 0);
            decode(trunk, PROMPT);
            List<Sequence> branches = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                branches.add(trunk.fork());
            }
            for (int i = 0; i < 8; i++) {
                Sequence branch = branches.get(i);
                assertThat(branch.length()).isEqualTo(PROMPT.length);
                same(model, decode(branch, 100 + i, 7), fresh(model, kind, with(PROMPT, 100 + i, 7)));
            }
            same(model, decode(trunk, 33), fresh(model, kind, with(PROMPT, 33)));
            branches.get(3).clear();
            assertThat(trunk.fork()).isEqualTo(branches.get(3));
        }
    }

    @ParameterizedTest
    @EnumSource
    void restoreCheckpoint_again_givesLogitsOfFreshRun(MemoryKind kind) {
        try (Model model = Model.load(kind.write(folder));
                Context context = model.newContext(kind.options())) {
            Sequence sequence = Sequence.of(context, 0);
            decode(sequence, Arrays.copyOf(PROMPT, 40));
            try (Checkpoint early = sequence.checkpoint()) {
                decode(sequence, Arrays.copyOfRange(PROMPT, 40, 60));
                try (Checkpoint late = sequence.checkpoint()) {
                    decode(sequence, 5, 6, 7);
                    sequence.restore(late);
                    assertThat(sequence.length()).isEqualTo(60);
                    same(model, decode(sequence, 44), fresh(model, kind, with(PROMPT, 44)));
                    sequence.restore(late);
                    same(model, decode(sequence, 45), fresh(model, kind, with(PROMPT, 45)));
                    sequence.restore(early);
                    same(model, decode(sequence, 46), fresh(model, kind, with(Arrays.copyOf(PROMPT, 40), 46)));
                    assertThatIllegalStateException()
                            .isThrownBy(() -> sequence.restore(late))
                            .withMessageContainingAll("changed at position 40", "checkpoint at 60", "state()");
                }
                sequence.clear();
                decode(sequence, with(PROMPT, 1, 2, 3));
                assertThatIllegalStateException().isThrownBy(() -> sequence.restore(early));
                same(model, decode(sequence, 9), fresh(model, kind, with(PROMPT, 1, 2, 3, 9)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void restoreState_otherSequenceAndContext_givesLogitsOfFreshRun(MemoryKind kind) {
        try (Model model = Model.load(kind.write(folder));
                Context context = model.newContext(kind.options());
                Context other = model.newContext(kind.options())) {
            Sequence sequence = Sequence.of(context, 2);
            decode(Sequence.of(context, 0), 9, 8, 7, 6, 5);
            decode(sequence, PROMPT);
            try (SequenceState state = sequence.state(PROMPT);
                    SequenceState read = SequenceState.of(state.toBytes())) {
                assertThat(read.tokens()).isEqualTo(PROMPT);
                assertThat(read.length()).isEqualTo(PROMPT.length);
                assertThat(read.size()).isEqualTo(state.size());
                for (Sequence target :
                        List.of(Sequence.of(context, 5), Sequence.of(context, 0), Sequence.of(other, 0))) {
                    target.restore(read);
                    assertThat(target.length()).isEqualTo(PROMPT.length);
                    same(model, decode(target, 11, 12), fresh(model, kind, with(PROMPT, 11, 12)));
                }
            }
            same(model, decode(sequence, 13), fresh(model, kind, with(PROMPT, 13)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void truncate_whereMemoryAllows_givesLogitsOfFreshRun(MemoryKind kind) {
        try (Model model = Model.load(kind.write(folder));
                Context context = model.newContext(kind.options())) {
            Sequence sequence = Sequence.of(context, 1);
            decode(sequence, PROMPT);
            for (int position : new int[] {59, 58, 57, 56, 45, 20, 1}) {
                int before = sequence.length();
                try {
                    sequence.truncate(position);
                } catch (PartialRemovalException e) {
                    assertThat(kind.isDense()).isFalse();
                    assertThat(e).hasMessageContainingAll("position " + position, "checkpoint()");
                    assertThat(sequence.length()).isEqualTo(before);
                    continue;
                }
                assertThat(sequence.length()).isEqualTo(position);
                same(model, decode(sequence, 200), fresh(model, kind, with(Arrays.copyOf(PROMPT, position), 200)));
                if (!kind.isDense()) {
                    sequence.clear();
                    decode(sequence, PROMPT);
                } else {
                    sequence.truncate(position);
                }
            }
        }
    }

    /** In v0.5.0 seq_rm succeeds where no snapshot was taken, and the state is that of another position. */
    @ParameterizedTest
    @EnumSource(names = "HYBRID_ROLLBACK")
    void truncate_withoutSnapshots_isRefused(MemoryKind kind) {
        try (Model model = Model.load(kind.write(folder));
                Context context = model.newContext(kind.options())) {
            Sequence sequence = Sequence.of(context, 0);
            decode(sequence, PROMPT);
            assertThatThrownBy(() -> sequence.truncate(59)).isInstanceOf(PartialRemovalException.class);
            decodeAtOnce(sequence, 1, 2, 3);
            assertThatThrownBy(() -> sequence.truncate(60)).isInstanceOf(PartialRemovalException.class);
            sequence.truncate(61);
            same(model, decode(sequence, 8), fresh(model, kind, with(PROMPT, 1, 8)));
            decodeAtOnce(sequence, 1, 2, 3, 4, 5, 6, 7);
            assertThatThrownBy(() -> sequence.truncate(64)).isInstanceOf(PartialRemovalException.class);
            sequence.truncate(65);
            assertThatThrownBy(() -> sequence.truncate(64)).isInstanceOf(PartialRemovalException.class);
            same(model, decode(sequence, 9), fresh(model, kind, with(PROMPT, 1, 8, 1, 2, 3, 9)));
        }
    }

    private static void decodeAtOnce(Sequence sequence, int... tokens) {
        Batch batch = new Batch(tokens.length);
        for (int i = 0; i < tokens.length; i++) {
            batch.add(tokens[i], sequence.length() + i, sequence.id(), i == tokens.length - 1);
        }
        assertThat(sequence.context().decode(batch)).isEqualTo(DecodeStatus.OK);
    }

    /** In v0.5.0 the copy does not know of a rollback that no decode has followed. */
    @ParameterizedTest
    @EnumSource(names = {"HYBRID_ROLLBACK", "DENSE_UNIFIED"})
    void fork_afterRollback_givesLogitsOfFreshRun(MemoryKind kind) {
        try (Model model = Model.load(kind.write(folder));
                Context context = model.newContext(kind.options())) {
            Sequence sequence = Sequence.of(context, 0);
            decodeAtOnce(sequence, PROMPT);
            sequence.truncate(57);
            Sequence branch = sequence.fork();
            int[] rest = Arrays.copyOf(PROMPT, 57);
            same(model, decode(branch, 21), fresh(model, kind, with(rest, 21)));
            same(model, decode(sequence, 22), fresh(model, kind, with(rest, 22)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepAndCopyTo_others_areReplaced(MemoryKind kind) {
        try (Model model = Model.load(kind.write(folder));
                Context context = model.newContext(kind.options());
                Context other = model.newContext(kind.options())) {
            Sequence first = Sequence.of(context, 0);
            Sequence third = Sequence.of(context, 2);
            decode(first, PROMPT);
            decode(third, 7, 8);
            first.copyTo(third);
            assertThat(third.length()).isEqualTo(PROMPT.length);
            same(model, decode(third, 9), fresh(model, kind, with(PROMPT, 9)));
            first.keep();
            assertThat(third.isEmpty()).isTrue();
            same(model, decode(first, 10), fresh(model, kind, with(PROMPT, 10)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> first.copyTo(Sequence.of(other, 1)))
                    .withMessageContaining("another context");
        }
    }

    @ParameterizedTest
    @EnumSource(names = "DENSE_UNIFIED")
    void wrongArguments_areRefused(MemoryKind kind) {
        try (Model model = Model.load(kind.write(folder));
                Context context = model.newContext(kind.options())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Sequence.of(context, 10))
                    .withMessageContaining("maxSequences");
            Sequence sequence = Sequence.of(context, 0);
            assertThatIllegalStateException().isThrownBy(sequence::fork).withMessageContaining("nothing to fork");
            decode(sequence, PROMPT);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> sequence.truncate(61))
                    .withMessageContaining("position is 61");
            assertThatIllegalArgumentException().isThrownBy(() -> sequence.truncate(-1));
            for (int i = 1; i < 10; i++) {
                sequence.fork();
            }
            assertThatIllegalStateException().isThrownBy(sequence::fork).withMessageContaining("maxSequences");
            try (Checkpoint checkpoint = sequence.checkpoint()) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> Sequence.of(context, 1).restore(checkpoint))
                        .withMessageContaining("does not belong");
            }
            sequence.truncate(0);
            assertThat(sequence.isEmpty()).isTrue();
            context.close();
            assertThatThrownBy(sequence::length).isInstanceOf(IllegalStateException.class);
        }
    }
}
