package dev.tokapu.engine.run;

import dev.tokapu.Context;
import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.ScheduledSequence;
import dev.tokapu.engine.schedule.Scheduler;
import dev.tokapu.exception.NativeAbortException;
import org.jspecify.annotations.Nullable;

/**
 * Hands on what a step brought: tokens to the answers that chose them, outputs to what ends with its prompt.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class StepDelivery {

    private final Context context;
    private final Scheduler<EngineTask> scheduler;
    private final LiveTasks tasks;
    private final EngineMeter meter;
    private final HeadsFeeding heads;

    StepDelivery(
            Context context, Scheduler<EngineTask> scheduler, LiveTasks tasks, EngineMeter meter, HeadsFeeding heads) {
        this.context = context;
        this.scheduler = scheduler;
        this.tasks = tasks;
        this.meter = meter;
        this.heads = heads;
    }

    /** The step was computed; returns the nanoseconds that it took to decode accepted drafts again. */
    long deliver(Plan<EngineTask> plan, StepExecutor step, StepTimings timings) {
        long now = timings.sampledAt();
        heads.collect(plan, step.batch(), step.sampled());
        for (PlanEntry<EngineTask> entry : plan.entries()) {
            if (entry.isPrefill()) {
                entry.task().prefilled(entry.end(), now);
                if (entry.isLast() && !entry.request().promptOnly()) {
                    endPrompted(entry.request(), now);
                }
            }
        }
        for (SampledSequence sampled : step.sampled()) {
            deliver(sampled, step.rollback(), now);
        }
        for (PlanEntry<EngineTask> entry : plan.entries()) {
            if (entry.request().promptOnly()) {
                readPrompt(entry, step.batch());
            }
        }
        timings.fed(heads.run());
        return rollBack(step); // now that all outputs are read
    }

    private long rollBack(StepExecutor step) {
        try {
            return step.rollBack();
        } catch (NativeAbortException e) {
            throw e; // nothing can be computed after it
        } catch (RuntimeException e) {
            for (SampledSequence sampled : step.rollback().rejected()) {
                ScheduledSequence<EngineTask> sequence = sampled.scheduled();
                sampled.active().end(null, e);
                scheduler.cancel(sequence.request().id(), sequence.branch());
                tasks.ended(sequence.request().task());
            }
            return 0;
        }
    }

    /** The requests of the step fail; the next plan clears their sequences, and the others go on. */
    void fail(Plan<EngineTask> plan, RuntimeException cause) {
        for (PlanEntry<EngineTask> entry : plan.entries()) {
            tasks.failed(entry.task(), cause);
            scheduler.cancel(entry.request().id());
        }
    }

    private void deliver(SampledSequence sampled, StepRollback rollback, long now) {
        ActiveSequence active = sampled.active();
        ScheduledSequence<EngineTask> sequence = sampled.scheduled();
        int drafted = sampled.drafted();
        int accepted = sampled.accepted();
        meter.speculated(drafted, accepted, active.draftsByModel());
        active.verified(drafted, accepted);
        boolean ended = accept(sampled, now);
        RuntimeException failure = sampled.failure();
        if (failure != null) {
            active.end(null, failure);
            ended = true;
        }
        for (int k = 0; k < sampled.count(); k++) {
            sequence.chosen(sampled.token(k));
        }
        scheduler.sampled(sequence, 1 + accepted, ended);
        if (!ended && accepted < drafted && !rollback.reject(sampled)) {
            active.end(
                    null,
                    new IllegalStateException("could not remove rejected drafts from the KV cache after position "
                            + sequence.length() + "; use Speculation.none(), and please report this"));
            scheduler.cancel(sequence.request().id(), sequence.branch());
            ended = true;
        }
        if (ended) {
            tasks.ended(sequence.request().task());
        } else {
            active.draft(sequence);
        }
    }

    /** Ends the answers that want no token. Nothing was chosen for them, so that the cache keeps their prompt alone. */
    private void endPrompted(ScheduledRequest<EngineTask> request, long now) {
        for (int branch = 0; branch < request.branches(); branch++) {
            ScheduledSequence<EngineTask> sequence = request.sequence(branch);
            ActiveSequence active = request.task().sequence(branch);
            if (!sequence.isEnded() && !active.wantsTokens()) {
                active.prompted(now);
                scheduler.sampled(sequence, 1, true);
                tasks.ended(request.task());
            }
        }
    }

    private boolean accept(SampledSequence sampled, long now) {
        ActiveSequence active = sampled.active();
        long submitted = sampled.scheduled().request().arrival();
        boolean ended = false;
        for (int k = 0; k < sampled.count() && !ended; k++) {
            float @Nullable [] logits = active.keepsLogits() ? context.outputs().logits(sampled.row(k)) : null;
            meter.chosen(now, submitted, active.channel().latestToken());
            ended = active.accept(sampled.token(k), logits, now);
        }
        return ended;
    }

    /** What cannot be read fails alone; the next plan clears its sequence. */
    private void readPrompt(PlanEntry<EngineTask> entry, StepBatch batch) {
        EngineTask task = entry.task();
        ScheduledRequest<EngineTask> request = entry.request();
        try {
            task.computed(context, entry, batch);
        } catch (NativeAbortException e) {
            throw e; // nothing can be computed after it
        } catch (RuntimeException e) {
            tasks.failed(task, e);
            scheduler.cancel(request.id());
            return;
        }
        if (task.isEnded()) {
            scheduler.finished(request);
            tasks.ended(task);
        }
    }
}
