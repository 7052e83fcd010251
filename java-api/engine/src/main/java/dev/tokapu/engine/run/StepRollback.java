package dev.tokapu.engine.run;

import dev.tokapu.Batch;
import dev.tokapu.Checkpoint;
import dev.tokapu.Context;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Sequence;
import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.engine.schedule.ScheduledSequence;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes rejected drafts out of the memory. A plain KV cache removes them. Recurrent states, and sliding windows that keep no more than they see, cannot:
 * each sequence with drafts has a checkpoint from before the step; where a draft was wrong it goes back there, and its accepted tokens are decoded
 * again, those of all sequences together.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class StepRollback {

    private final Context context;
    private final boolean forgets;
    private final Batch batch;
    private final @Nullable Checkpoint[] checkpoints; // by slot
    private final int[] firstTokens; // of the step, by slot
    private final List<SampledSequence> rejected = new ArrayList<>();

    StepRollback(Context context, EngineConfig config) {
        this.context = context;
        this.forgets = context.options().truncatesExactly(context.model());
        this.batch = new Batch(forgets ? 1 : config.batchTokens());
        this.checkpoints = new @Nullable Checkpoint[config.contextSequences()];
        this.firstTokens = new int[config.contextSequences()];
    }

    /** A step is about to be decoded. */
    void begin(Plan<EngineTask> plan) {
        if (forgets) {
            return;
        }
        for (PlanEntry<EngineTask> entry : plan.entries()) {
            if (!entry.isPrefill() && entry.count() > 1) {
                ScheduledSequence<EngineTask> sequence = entry.sequence();
                checkpoints[entry.slot()] = Sequence.of(context, entry.slot()).checkpoint();
                firstTokens[entry.slot()] =
                        entry.task().sequence(sequence.branch()).last();
            }
        }
    }

    /** Some drafts of a sequence that goes on were wrong: they are removed, now or by {@link #run}; false when that failed. */
    boolean reject(SampledSequence sampled) {
        if (!forgets) {
            rejected.add(sampled);
            return true;
        }
        ScheduledSequence<EngineTask> sequence = sampled.scheduled();
        return context.kvCache().remove(sequence.slot(), sequence.length(), -1);
    }

    /** The sequences whose memory goes back to a checkpoint. */
    List<SampledSequence> rejected() {
        return rejected;
    }

    /**
     * Brings the memory of these sequences to their accepted tokens. The outputs of the step are lost.
     *
     * @return nanoseconds that it took
     * @throws IllegalStateException when that failed
     */
    long run() {
        if (rejected.isEmpty()) {
            return 0;
        }
        long begun = System.nanoTime();
        batch.clear();
        for (int i = 0; i < rejected.size(); i++) {
            add(rejected.get(i));
        }
        DecodeStatus status = context.decode(batch);
        if (status != DecodeStatus.OK) {
            throw new IllegalStateException("the tokens of " + batch.size()
                    + " accepted drafts could not be decoded again (" + status
                    + "); use Speculation.none(), and please report this");
        }
        context.synchronize();
        return System.nanoTime() - begun;
    }

    private void add(SampledSequence sampled) {
        int slot = sampled.scheduled().slot();
        Checkpoint checkpoint = checkpoints[slot];
        if (checkpoint == null) {
            throw new IllegalStateException("sequence " + slot + " has no checkpoint; please report this");
        }
        checkpoint.sequence().restore(checkpoint);
        int position = checkpoint.position();
        batch.add(firstTokens[slot], position, slot, false);
        for (int i = 0; i < sampled.accepted(); i++) {
            batch.add(sampled.token(i), position + 1 + i, slot, false);
        }
    }

    /** The step is over. */
    void end() {
        if (forgets) {
            return;
        }
        rejected.clear();
        for (int slot = 0; slot < checkpoints.length; slot++) {
            Checkpoint checkpoint = checkpoints[slot];
            if (checkpoint != null) {
                checkpoint.close();
                checkpoints[slot] = null;
            }
        }
    }
}
