package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tokapu.internal.threads.ThreadChooser;
import dev.tokapu.testsupport.Corpus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A context whose number of threads changes at each step. */
@Tag("cpu")
class ContextThreadsIT {

    private static final int STEPS = 12;

    @TinyModel
    private static Model model;

    /** One thread and two in turn. */
    private static final class Turns implements ThreadChooser {

        private int begun;
        private int computed;

        @Override
        public int threads(int tokens, int outputs, long context) {
            return 1 + begun++ % 2;
        }

        @Override
        public void computed(long nanos) {
            computed += nanos > 0 ? 1 : 0;
        }

        @Override
        public void paused() {
            throw new AssertionError("paused between two steps");
        }
    }

    private static Context context(int threads) {
        return model.newContext(ContextOptions.builder()
                .contextSize(256)
                .threads(threads)
                .batchThreads(threads)
                .build());
    }

    private static float[] step(Context context, int position) {
        int token = model.vocab().tokenize(Corpus.prose())[position];
        context.decode(new Batch(1).add(token, position, 0, true));
        return context.outputs().logits(0);
    }

    @Test
    void numberChangesAtEachStep_logitsAreEqual() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "threads are bounded by the processors");
        Turns turns = new Turns();
        try (Context fixed = context(1);
                Context changing = context(2)) {
            changing.threads.adapt(turns);
            for (int i = 0; i < STEPS; i++) {
                assertThat(step(changing, i)).as("step " + i).containsExactly(step(fixed, i));
                assertThat(changing.threads()).isEqualTo(1 + i % 2);
                assertThat(changing.batchThreads()).isEqualTo(1 + i % 2);
            }
            assertThat(turns.computed).isEqualTo(STEPS);
            changing.setThreads(2, 1);
            assertThat(step(changing, STEPS)).containsExactly(step(fixed, STEPS));
            assertThat(turns.begun).isEqualTo(STEPS);
            assertThat(changing.threads()).isEqualTo(2);
            assertThat(changing.batchThreads()).isEqualTo(1);
        }
    }
}
