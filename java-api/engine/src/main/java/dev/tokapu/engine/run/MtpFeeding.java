package dev.tokapu.engine.run;

import dev.tokapu.engine.draft.DraftPlanner;
import dev.tokapu.engine.draft.ModelDrafts;
import dev.tokapu.engine.draft.MtpHeads;
import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.engine.schedule.ScheduledRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands the tokens of a step to the MTP heads, each with the place of the hidden state before it: those of prompts, accepted drafts, and what was chosen behind
 * them.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class MtpFeeding {

    private final DraftPlanner drafts;
    private int sampled; // of the step's, how many were seen

    MtpFeeding(DraftPlanner drafts) {
        this.drafts = drafts;
    }

    /** Collects what a step computed and its answers chose, before that is handed on. */
    void collect(Plan<EngineTask> plan, StepBatch batch, List<SampledSequence> chosen) {
        MtpHeads heads = drafts.heads();
        if (heads != null) {
            try {
                collect(heads, plan, batch, chosen);
            } catch (RuntimeException e) {
                drafts.feedingFailed(e); // answers go on without
            }
        }
    }

    private void collect(MtpHeads heads, Plan<EngineTask> plan, StepBatch batch, List<SampledSequence> chosen) {
        heads.stepComputed(plan.decodeEntries(), plan.entries().size() > plan.decodeEntries());
        sampled = 0;
        for (PlanEntry<EngineTask> entry : plan.entries()) {
            if (!entry.isPrefill()) {
                answer(heads, entry, batch, chosen.get(sampled++));
            } else if (!entry.request().promptOnly() && entry.isLast()) {
                answers(heads, entry, batch, chosen);
            } else if (!entry.request().promptOnly()) {
                prompt(
                        heads,
                        entry,
                        batch,
                        entry.task().sequence(entry.sequence().branch()),
                        entry.slot(),
                        null);
            }
        }
    }

    /** The heads read it. */
    void run() {
        drafts.feed();
    }

    private static void answer(MtpHeads heads, PlanEntry<EngineTask> entry, StepBatch batch, SampledSequence sampled) {
        ModelDrafts drafts = sampled.active().modelDrafts();
        if (drafts == null
                || sampled.count() == 0
                || !heads.reads(
                        drafts, entry.slot(), entry.from(), sampled.active().last(), sampled.count())) {
            return;
        }
        for (int i = 0; i < sampled.count(); i++) {
            heads.add(entry.slot(), sampled.token(i), batch.row(entry, i), i == sampled.count() - 1);
        }
    }

    /** All answers to a prompt, which begin as the first one's sequence. */
    private void answers(MtpHeads heads, PlanEntry<EngineTask> prompt, StepBatch batch, List<SampledSequence> chosen) {
        ScheduledRequest<EngineTask> request = prompt.request();
        int from = sampled;
        while (sampled < chosen.size() && chosen.get(sampled).scheduled().request() == request) {
            int slot = chosen.get(sampled++).scheduled().slot();
            if (slot != prompt.slot()) {
                heads.copy(prompt.slot(), slot);
            }
        }
        for (int i = from; i < sampled; i++) {
            SampledSequence answer = chosen.get(i);
            prompt(heads, prompt, batch, answer.active(), answer.scheduled().slot(), answer);
        }
    }

    /** Part of a prompt and, at its end, the first token of the answer. */
    private static void prompt(
            MtpHeads heads,
            PlanEntry<EngineTask> entry,
            StepBatch batch,
            ActiveSequence active,
            int slot,
            @Nullable SampledSequence answer) {
        ModelDrafts drafts = active.modelDrafts();
        EngineTask task = entry.task();
        if (drafts == null || !heads.reads(drafts, slot, entry.from(), task.promptToken(entry.from()), entry.count())) {
            return;
        }
        int known = answer == null ? entry.count() : entry.count() - 1;
        for (int i = 0; i < known; i++) {
            heads.add(slot, task.promptToken(entry.from() + i + 1), batch.row(entry, i), false);
        }
        if (answer != null && answer.count() > 0) {
            heads.add(slot, answer.token(0), batch.row(entry, known), true);
        }
    }
}
