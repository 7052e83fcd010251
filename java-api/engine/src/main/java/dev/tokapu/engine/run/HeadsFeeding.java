package dev.tokapu.engine.run;

import dev.tokapu.engine.draft.DraftHeads;
import dev.tokapu.engine.draft.DraftPlanner;
import dev.tokapu.engine.draft.ModelDrafts;
import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.PlanEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands the tokens of a step to the heads, each with the place of the hidden state before it: those of prompts, accepted drafts, and what was chosen behind
 * them.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class HeadsFeeding {

    private final DraftPlanner drafts;
    private int sampled; // of the step's, how many were seen
    private long shared; // nanoseconds of reading the ends of prompts that several answers begin with

    HeadsFeeding(DraftPlanner drafts) {
        this.drafts = drafts;
    }

    /** Collects what a step computed and its answers chose, before that is handed on. */
    void collect(Plan<EngineTask> plan, StepBatch batch, List<SampledSequence> chosen) {
        DraftHeads heads = drafts.heads();
        shared = 0;
        if (heads != null) {
            try {
                collect(heads, plan, batch, chosen);
            } catch (RuntimeException e) {
                drafts.fail(heads, e); // answers go on without
            }
        }
    }

    private void collect(DraftHeads heads, Plan<EngineTask> plan, StepBatch batch, List<SampledSequence> chosen) {
        heads.stepComputed(plan.decodeEntries(), plan.entries().size() > plan.decodeEntries());
        if (readShared(heads, plan, batch, chosen)) {
            shared = drafts.feed(); // for all answers to a prompt, before each goes on in a sequence of its own
            if (drafts.heads() == null) {
                return;
            }
        }
        sampled = 0;
        for (PlanEntry<EngineTask> entry : plan.entries()) {
            if (!entry.isPrefill()) {
                answer(heads, entry, batch, chosen.get(sampled++));
            } else if (!entry.request().promptOnly()) {
                prompt(heads, entry, batch, chosen);
            }
        }
    }

    /** The heads read it; returns the nanoseconds that they took for this step. */
    long run() {
        return shared + drafts.feed();
    }

    private static void answer(
            DraftHeads heads, PlanEntry<EngineTask> entry, StepBatch batch, SampledSequence sampled) {
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

    /** The ends of prompts that several answers begin with; whether there are any. */
    private boolean readShared(DraftHeads heads, Plan<EngineTask> plan, StepBatch batch, List<SampledSequence> chosen) {
        boolean any = false;
        sampled = 0;
        for (PlanEntry<EngineTask> entry : plan.entries()) {
            int first = sampled;
            sampled += answers(entry, chosen);
            if (branches(entry, chosen, first)) {
                any |= read(heads, entry, batch, drafts(chosen, first, sampled));
            }
        }
        return any;
    }

    /** How many answers chose tokens behind an entry; those from the next one on. */
    private int answers(PlanEntry<EngineTask> entry, List<SampledSequence> chosen) {
        if (!entry.isPrefill()) {
            return 1;
        }
        int end = sampled;
        while (entry.isLast()
                && end < chosen.size()
                && chosen.get(end).scheduled().request() == entry.request()) {
            end++;
        }
        return end - sampled;
    }

    /** Whether an answer, of those from the first one on that were seen, goes on in another sequence than its prompt's. */
    private boolean branches(PlanEntry<EngineTask> prompt, List<SampledSequence> chosen, int first) {
        return prompt.isLast()
                && sampled > first
                && (sampled - first > 1 || chosen.get(first).scheduled().slot() != prompt.slot());
    }

    /** Those of the first answer that has any. */
    private static @Nullable ModelDrafts drafts(List<SampledSequence> chosen, int from, int to) {
        ModelDrafts drafts = null;
        for (int i = from; i < to && drafts == null; i++) {
            drafts = chosen.get(i).active().modelDrafts();
        }
        return drafts;
    }

    private void prompt(DraftHeads heads, PlanEntry<EngineTask> prompt, StepBatch batch, List<SampledSequence> chosen) {
        int first = sampled;
        sampled += answers(prompt, chosen);
        if (!prompt.isLast()) {
            read(
                    heads,
                    prompt,
                    batch,
                    prompt.task().sequence(prompt.sequence().branch()).modelDrafts());
        } else if (branches(prompt, chosen, first)) {
            branch(heads, prompt, batch, chosen, first);
        } else if (sampled > first) {
            SampledSequence answer = chosen.get(first);
            if (read(heads, prompt, batch, answer.active().modelDrafts())) {
                begin(heads, prompt, batch, answer);
            }
        }
    }

    /** Answers to a prompt that was read go on in sequences of their own. */
    private void branch(
            DraftHeads heads, PlanEntry<EngineTask> prompt, StepBatch batch, List<SampledSequence> chosen, int first) {
        for (int i = first; i < sampled; i++) {
            int slot = chosen.get(i).scheduled().slot();
            if (slot != prompt.slot()) {
                heads.copy(prompt.slot(), slot);
            }
        }
        for (int i = first; i < sampled; i++) {
            SampledSequence answer = chosen.get(i);
            ModelDrafts drafts = answer.active().modelDrafts();
            if (drafts != null && heads.continues(drafts, answer.scheduled().slot(), prompt.end())) {
                begin(heads, prompt, batch, answer);
            }
        }
    }

    /** What an answer chose behind its prompt. */
    private static void begin(DraftHeads heads, PlanEntry<EngineTask> prompt, StepBatch batch, SampledSequence answer) {
        if (answer.count() > 0) {
            heads.add(answer.scheduled().slot(), answer.token(0), batch.row(prompt, prompt.count() - 1), true);
        }
    }

    /** Part of a prompt; what follows its last token is known only if that is part of the prompt, too. */
    private static boolean read(
            DraftHeads heads, PlanEntry<EngineTask> entry, StepBatch batch, @Nullable ModelDrafts drafts) {
        EngineTask task = entry.task();
        int from = entry.from();
        int missing = entry.request().prefillTokens() - from;
        if (drafts == null
                || !heads.readsPrompt(drafts, entry.slot(), from, task.promptToken(from), entry.count(), missing)) {
            return false;
        }
        int known = entry.isLast() ? entry.count() - 1 : entry.count();
        for (int i = 0; i < known; i++) {
            heads.add(entry.slot(), task.promptToken(from + i + 1), batch.row(entry, i), false);
        }
        return true;
    }
}
