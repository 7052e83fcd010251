package dev.tokapu.engine.run;

import dev.tokapu.engine.schedule.ScheduledSequence;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one answer chooses from the outputs of a step; reused from step to step.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class SampledSequence {

    private @Nullable ScheduledSequence<EngineTask> scheduled;
    private @Nullable ActiveSequence active;
    private @Nullable RuntimeException failure;
    private int firstRow;
    private int restRow;
    private int rows;
    private int count;
    private int[] tokens = new int[1];

    /** It chooses from so many outputs; all but the first are those of drafts, which follow one another from restRow on. */
    void set(ScheduledSequence<EngineTask> sequence, int first, int rest, int outputs) {
        scheduled = sequence;
        active = sequence.request().task().sequence(sequence.branch());
        failure = null;
        firstRow = first;
        restRow = rest;
        rows = outputs;
        count = 0;
        if (tokens.length < outputs) {
            tokens = new int[outputs];
        }
    }

    /** Keeps nothing of a step that is over. */
    void clear() {
        scheduled = null;
        active = null;
        failure = null;
    }

    ScheduledSequence<EngineTask> scheduled() {
        return Objects.requireNonNull(scheduled);
    }

    ActiveSequence active() {
        return Objects.requireNonNull(active);
    }

    /** How many tokens were chosen: at least one, unless the chain failed. */
    int count() {
        return count;
    }

    int token(int k) {
        return tokens[k];
    }

    /** The output that a token was or will be chosen from. */
    int row(int k) {
        return k == 0 ? firstRow : restRow + k - 1;
    }

    /** How many tokens were drafted. */
    int drafted() {
        return rows - 1;
    }

    /** How many of these were right. */
    int accepted() {
        return Math.max(0, count - 1);
    }

    /** Why the chain failed, after the tokens that it chose. */
    @Nullable
    RuntimeException failure() {
        return failure;
    }

    void fail(RuntimeException cause) {
        failure = cause;
    }

    /** A token was chosen; whether a further one is to be. */
    boolean chosen(int token) {
        int draft = count++;
        tokens[draft] = token;
        return count < rows && active().goesOnAsDrafted(token, draft);
    }
}
