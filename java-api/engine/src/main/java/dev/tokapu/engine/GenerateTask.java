package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.engine.run.ActiveSequence;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.StepBatch;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.ScheduledRequestBuilder;
import dev.tokapu.internal.text.StoppingCriteriaEvaluator;
import dev.tokapu.internal.util.Durations;
import dev.tokapu.text.FinishReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that generates, on its way through an engine: its prompt, its place in the schedule and its answers.
 *
 * <p>Thread safety: what it consists of does not change; what that leads to is the engine's thread's.
 */
final class GenerateTask implements EngineTask {

    private final Request request;
    private final int[] prompt;
    private final List<ActiveSequence> sequences;
    private final boolean onDevice;
    private final ScheduledRequest<EngineTask> scheduled;
    private final FinishReason lateReason;

    /**
     * Creates it.
     *
     * @param request what is asked for
     * @param schedule its name, tenant, adapters and limit; prompt, answers and times are set here
     * @param now when it was submitted
     * @param onDevice whether a device may choose its tokens
     */
    GenerateTask(
            Request request,
            int[] prompt,
            List<ActiveSequence> sequences,
            ScheduledRequestBuilder schedule,
            long now,
            boolean onDevice) {
        this.request = request;
        this.prompt = prompt;
        this.sequences = List.copyOf(sequences);
        this.onDevice = onDevice;
        long timeLimit = StoppingCriteriaEvaluator.deadline(request.generation().stoppingCriteria(), now);
        long deadline = Durations.after(now, request.scheduling().deadline());
        this.lateReason = timeLimit < deadline ? FinishReason.STOP_CRITERION : FinishReason.DEADLINE;
        this.scheduled = schedule.time(now, Math.min(timeLimit, deadline))
                .promptTokens(prompt.length)
                .branches(sequences.size())
                .build(this);
    }

    Request request() {
        return request;
    }

    @Override
    public ScheduledRequest<EngineTask> scheduled() {
        return scheduled;
    }

    @Override
    public FinishReason lateReason() {
        return lateReason;
    }

    @Override
    public int promptToken(int position) {
        return position < prompt.length ? prompt[position] : scheduled.prefillTokenIds()[position];
    }

    @Override
    public boolean hasOutput(int position) {
        return position == scheduled.prefillTokens() - 1;
    }

    @Override
    public void admitted(Context context, long now) {
        // Several answers share the output that their first tokens are chosen from, and may change their sequences
        // until then.
        boolean alone = sequences.size() == 1;
        for (int branch = 0; branch < sequences.size(); branch++) {
            int slot = scheduled.sequence(branch).slot();
            ActiveSequence active = sequences.get(branch);
            active.channel().cached(scheduled.cachedTokens());
            active.admitted(context, slot, onDevice && alone, now);
        }
        prefilled(scheduled.cachedTokens(), now);
    }

    /** The first answer tells of the prompt, which all share. */
    @Override
    public void prefilled(int end, long now) {
        sequences.get(0).channel().prefilled(Math.min(end, prompt.length), now);
    }

    @Override
    public void preempted(Context context) {
        sequences.forEach(active -> active.preempted(context));
    }

    @Override
    public ActiveSequence sequence(int branch) {
        return sequences.get(branch);
    }

    @Override
    public void computed(Context context, PlanEntry<EngineTask> entry, StepBatch batch) {
        throw new IllegalStateException("request " + scheduled.id() + " is no prompt alone");
    }

    @Override
    public void end(@Nullable FinishReason reason, @Nullable Throwable failure) {
        sequences.forEach(active -> active.end(reason, failure));
    }

    @Override
    public void end(int branch, @Nullable FinishReason reason, @Nullable Throwable failure) {
        sequences.get(branch).end(reason, failure);
    }

    @Override
    public boolean isEnded() {
        for (ActiveSequence active : sequences) {
            if (!active.isEnded()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void free(Context context) {
        for (ActiveSequence active : sequences) {
            if (active.isEnded()) {
                active.free(context);
            }
        }
    }

    @Override
    public void abandon() {
        sequences.forEach(ActiveSequence::abandon);
    }
}
