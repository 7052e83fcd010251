package dev.tokapu.engine.run;

import dev.tokapu.Context;
import dev.tokapu.DecodeStatus;
import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.ScheduledSequence;
import dev.tokapu.exception.NativeAbortException;
import dev.tokapu.sampling.SamplerBatch;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Computes what a plan says: sets adapters, fills the batch, decodes it and lets answers choose their tokens.
 *
 * <p>Thread safety: confined to the engine's thread, but for {@link #singlePrefill} and {@link #stepStarted}.
 */
final class StepExecutor {

    private static final int UNKNOWN_GROUP = -1;

    private final Context context;
    private final Mailbox mailbox;
    private final AdapterGroups adapters;
    private final StepBatch batch;
    private final StepSampler sampler;
    private final StepRollback rollback;
    private final SinglePrefillStep singlePrefill;
    private final LongSupplier reserved;
    private int group;
    private @Nullable RuntimeException failure;
    private volatile long stepStarted;

    /**
     * Creates it.
     *
     * @param reserved tokens of the KV cache that are reserved
     */
    StepExecutor(Context context, Mailbox mailbox, AdapterGroups adapters, EngineConfig config, LongSupplier reserved) {
        this.context = context;
        this.reserved = reserved;
        this.mailbox = mailbox;
        this.adapters = adapters;
        this.batch = new StepBatch(config);
        this.sampler = new StepSampler(new SamplerBatch(context, config.maxSequences()), config.samplingThreads());
        this.rollback = new StepRollback(context, config);
        this.singlePrefill = new SinglePrefillStep(context);
    }

    /** The step that somebody may abort without harm to others. */
    SinglePrefillStep singlePrefill() {
        return singlePrefill;
    }

    /** When the step that is computed began; 0 between steps. */
    long stepStarted() {
        return stepStarted;
    }

    /** The tokens of the last step. */
    StepBatch batch() {
        return batch;
    }

    /** What takes rejected drafts back. */
    StepRollback rollback() {
        return rollback;
    }

    /** Takes back what was rejected in the last step, whose outputs are lost; returns the nanoseconds that it took. */
    long rollBack() {
        stepStarted = System.nanoTime();
        try {
            return rollback.run();
        } finally {
            stepStarted = 0;
        }
    }

    /** What answers chose in the last step. */
    List<SampledSequence> sampled() {
        return sampler.sequences();
    }

    /** Why the last step was not computed; null when it was, or was aborted. */
    @Nullable
    RuntimeException failure() {
        return failure;
    }

    /** Whether the step was computed. One that was aborted may be planned again. */
    boolean run(Plan<EngineTask> plan, StepTimings timings) {
        failure = null;
        try {
            if (!decode(plan, timings)) {
                return false;
            }
            collect(plan);
            context.synchronize(); // so that times are those of this step, and of decoding
            timings.decoded();
            sampler.sample();
            timings.sampled();
            return true;
        } finally {
            stepStarted = 0;
        }
    }

    private boolean decode(Plan<EngineTask> plan, StepTimings timings) {
        try {
            useAdapters(plan.group());
            batch.fill(plan);
            sampler.clear();
            stepStarted = timings.built();
            rollback.begin(plan);
            return decode(plan);
        } catch (NativeAbortException e) {
            throw e; // nothing can be computed after it
        } catch (RuntimeException e) {
            StepBatch.removeFillers(plan, context);
            failure = e;
            return false;
        }
    }

    private void useAdapters(int wanted) {
        if (wanted != group) {
            group = UNKNOWN_GROUP; // if applying them fails
            adapters.set(wanted).applyTo(context);
            group = wanted;
        }
    }

    private boolean decode(Plan<EngineTask> plan) {
        DecodeStatus status = decodeBatch(plan);
        if (!StepBatch.removeFillers(plan, context)) {
            throw new IllegalStateException(
                    "could not remove padding tokens from the KV cache; this is a bug, please report it");
        }
        if (status == DecodeStatus.NO_KV_SLOT) {
            throw new IllegalStateException("the KV cache has no room for " + plan.tokens() + " tokens, though "
                    + reserved.getAsLong() + " are reserved; please report this");
        }
        if (status == DecodeStatus.ABORTED) {
            for (PlanEntry<EngineTask> entry : plan.entries()) {
                context.kvCache().remove(entry.slot(), entry.from(), -1);
            }
        }
        return status == DecodeStatus.OK;
    }

    private DecodeStatus decodeBatch(Plan<EngineTask> plan) {
        if (plan.entries().size() > 1 || plan.decodeEntries() > 0) {
            return context.decode(batch.batch());
        }
        ScheduledRequest<EngineTask> alone = plan.entries().get(0).request();
        singlePrefill.begins(alone, mailbox.cancels(alone));
        try {
            return context.decode(batch.batch());
        } finally {
            singlePrefill.ends();
        }
    }

    /** Collects the sequences that sample a token: decoding ones, and all answers to a prompt whose prefill is complete. */
    private void collect(Plan<EngineTask> plan) {
        for (PlanEntry<EngineTask> entry : plan.entries()) {
            if (!entry.isPrefill()) {
                sampler.add(entry.sequence(), batch.row(entry, 0), batch.row(entry, 1), entry.count());
            } else if (entry.isLast() && !entry.request().promptOnly()) {
                collectAnswers(entry);
            }
        }
    }

    private void collectAnswers(PlanEntry<EngineTask> prompt) {
        int row = batch.row(prompt, prompt.count() - 1);
        ScheduledRequest<EngineTask> request = prompt.request();
        for (int branch = 0; branch < request.branches(); branch++) {
            ScheduledSequence<EngineTask> answer = request.sequence(branch);
            if (answer.isEnded()) {
                continue;
            }
            if (answer.slot() != prompt.slot()) {
                context.kvCache().copy(prompt.slot(), answer.slot(), -1, -1);
            }
            if (request.task().sequence(branch).wantsTokens()) {
                sampler.add(answer, row, row, 1);
            }
        }
    }
}
