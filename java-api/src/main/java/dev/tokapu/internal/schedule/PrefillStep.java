package dev.tokapu.internal.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * The part of a batch that decodes prompts: the most urgent first, then what is soonest complete.
 *
 * <p>A whole prompt goes all at once or not at all. When it is first in order it may exceed what prompts get beside decoding, since
 * it could never run otherwise; when the lanes that decode leave no room for it, they make room after some steps. What is left for a
 * further prompt is used when it is worth a micro-batch, see {@link Limits#piece}.
 */
final class PrefillStep {

    private final List<Job> jobs;
    private final int batchTokens;
    private final long agingNanos;
    private final int patience;
    private final int outputs;
    private final int piece;

    PrefillStep(Limits limits) {
        this.jobs = new ArrayList<>(limits.slots());
        this.batchTokens = limits.batchTokens();
        this.agingNanos = limits.agingNanos();
        this.patience = limits.groupSteps();
        this.outputs = limits.outputs();
        this.piece = limits.piece();
    }

    /** Looks up the jobs of a group whose prompts are not complete. */
    void collect(Group group, Slots slots, int slotCount) {
        jobs.clear();
        for (int slot = 0; slot < slotCount; slot++) {
            Lane lane = slots.lane(slot);
            if (lane != null && lane.job().phase == Phase.PREFILLING && lane.job().group == group) {
                if (lane == lane.job().promptLane()) {
                    jobs.add(lane.job());
                }
            }
        }
    }

    /**
     * Tokens of the batch that decoding leaves to a whole prompt that waited long enough.
     *
     * @param wanted tokens that decoding would take
     */
    int keepFree(long now, int prefillTokens, long wanted) {
        if (jobs.isEmpty() || prefillTokens == 0 || wanted == 0) {
            return 0;
        }
        Job first = jobs.get(first(now));
        if (!first.whole() || first.promptTokens() <= batchTokens - wanted) {
            return 0;
        }
        if (first.passedOver < patience) {
            first.passedOver++;
            return 0;
        }
        return first.promptTokens();
    }

    void fill(long now, int prefillTokens, Plan plan) {
        int room = batchTokens - plan.tokens();
        int budget = plan.decodeEntries() > 0 || prefillTokens > 0 ? Math.min(room, prefillTokens) : room;
        int outputsLeft = outputs;
        boolean isFirst = true;
        boolean hasPrompt = false;
        while (budget > 0 && !jobs.isEmpty()) {
            Job job = take(first(now));
            int rest = job.promptTokens() - job.prefilled;
            if (job.whole() && rest > (isFirst ? room : budget)) {
                isFirst = false;
                continue;
            }
            int tokens = job.whole() ? rest : Math.min(Math.min(rest, budget), job.tokensWithin(outputsLeft));
            if (hasPrompt && budget < Math.min(rest, piece)) {
                return;
            }
            if (tokens > 0) {
                hasPrompt = true;
                plan.prefill(job, tokens);
                budget -= tokens;
                outputsLeft = Math.max(0, outputsLeft - job.outputsOf(tokens));
            }
            isFirst = false;
        }
    }

    private Job take(int index) {
        Job job = jobs.get(index);
        Job last = jobs.remove(jobs.size() - 1);
        if (last != job) {
            jobs.set(index, last);
        }
        return job;
    }

    private int first(long now) {
        int first = 0;
        for (int i = 1; i < jobs.size(); i++) {
            if (goesBefore(jobs.get(i), jobs.get(first), now)) {
                first = i;
            }
        }
        return first;
    }

    private boolean goesBefore(Job job, Job other, long now) {
        long level = Precedence.level(job, now, agingNanos);
        long otherLevel = Precedence.level(other, now, agingNanos);
        if (level != otherLevel) {
            return level > otherLevel;
        }
        int rest = job.promptTokens() - job.prefilled;
        int otherRest = other.promptTokens() - other.prefilled;
        return rest != otherRest ? rest < otherRest : Precedence.isEarlier(job, other);
    }
}
