package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.MtpModel;
import dev.tokapu.TestModels;
import org.junit.jupiter.api.Test;

/** Steps that the heads cannot read. */
class HeadsBatchIT {

    private static final int[] TEXT = {5, 6, 7};
    private static final int NEXT = 8;

    @MtpModel
    private static Model model;

    /** What is tried on a batch behind a text in sequence 0 that was read. */
    private interface Trial {
        void run(Context target, HeadsBatch batch);
    }

    private static void behindAText(Trial trial) {
        ContextOptions options = TestModels.small().maxSequences(2).build();
        try (Context target = model.newContext(options)) {
            target.setHiddenStates(true);
            try (HeadsBatch batch = new HeadsBatch(target, model.newMtpContext(options))) {
                decode(target, 0);
                feed(batch, 0, TEXT.length);
                assertThat(batch.read()).isTrue();
                assertThat(batch.hasRead(0, TEXT.length + 1)).isTrue();
                trial.run(target, batch);
            }
        }
    }

    private static void decode(Context target, int slot) {
        target.decode(new Batch(TEXT.length).addAll(TEXT, 0, slot));
    }

    /** As many tokens of the text behind its first one. */
    private static void feed(HeadsBatch batch, int slot, int tokens) {
        batch.begin();
        batch.align(slot, 0, TEXT[0]);
        for (int i = 0; i < tokens; i++) {
            batch.add(slot, i + 1 < TEXT.length ? TEXT[i + 1] : NEXT, i, false);
        }
    }

    /** All texts were forgotten with the first such step, also prefixes that were kept. */
    @Test
    void stepThatIsLeftOut_takesItsOwnTextsAlone() {
        behindAText((target, batch) -> {
            target.setHiddenStates(false);
            decode(target, 1);
            feed(batch, 1, TEXT.length);
            assertThat(batch.read()).isFalse();
            assertThat(batch.hasRead(0, TEXT.length + 1)).isTrue();
            assertThat(batch.hasRead(1, 0)).isTrue();
            target.setHiddenStates(true);
            target.kvCache().remove(1, -1, -1);
            decode(target, 1);
            feed(batch, 1, TEXT.length);
            assertThat(batch.read()).isTrue();
            assertThat(batch.hasRead(1, TEXT.length + 1)).isTrue();
        });
    }

    /** Faults of our own passed for steps without hidden states, again and again. */
    @Test
    void rowsAndTokensThatAreNotThere_areNoStepToLeaveOut() {
        behindAText((target, batch) -> {
            decode(target, 1);
            feed(batch, 1, TEXT.length + 1);
            assertThatThrownBy(batch::read)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("row 4");
            batch.begin();
            batch.add(1, model.vocab().size(), 0, true);
            assertThatThrownBy(batch::read).isInstanceOf(IllegalArgumentException.class);
        });
    }
}
