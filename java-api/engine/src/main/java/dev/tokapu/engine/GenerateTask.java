package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.ScheduledSequence;
import dev.tokapu.internal.text.StoppingCriteriaEvaluator;
import dev.tokapu.internal.util.Durations;
import dev.tokapu.text.FinishReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way through an engine: its scheduled request and what belongs to it.
 *
 * <p>Thread safety: the fields do not change; what they lead to is the engine's thread's.
 */
final class GenerateTask implements EngineTask {

    final long id;
    final Request request;
    final int[] prompt;
    final int mostTokens;
    final long submitted;
    final int group;
    final boolean onDevice;
    private final FinishedRequest.Operation operation;
    private final long timeLimit;

    private @Nullable ScheduledRequest scheduled;
    private List<ActiveSequence> answers = List.of();

    GenerateTask(
            long id,
            Request request,
            FinishedRequest.Operation operation,
            int[] prompt,
            int mostTokens,
            long submitted,
            int group,
            boolean onDevice) {
        this.id = id;
        this.operation = operation;
        this.timeLimit = StoppingCriteriaEvaluator.deadline(request.stoppingCriteria(), submitted);
        this.request = request;
        this.prompt = prompt;
        this.mostTokens = mostTokens;
        this.submitted = submitted;
        this.group = group;
        this.onDevice = onDevice;
    }

    FinishedRequest.Operation operation() {
        return operation;
    }

    /** Before it is handed to the engine's thread. */
    void complete(List<ActiveSequence> all) {
        answers = List.copyOf(all);
        long deadline = Math.min(timeLimit, Durations.after(submitted, request.deadline()));
        scheduled = new ScheduledRequest(
                id,
                request.tenant(),
                request.priority(),
                submitted,
                deadline,
                prompt.length,
                mostTokens,
                all.size(),
                group,
                false,
                false,
                this);
    }

    @Override
    public ScheduledRequest scheduled() {
        ScheduledRequest made = scheduled;
        if (made == null) {
            throw new IllegalStateException("the submission is not complete");
        }
        return made;
    }

    List<ActiveSequence> answers() {
        return answers;
    }

    ActiveSequence answer(int branch) {
        return answers.get(branch);
    }

    static ActiveSequence active(ScheduledSequence sequence) {
        return of(sequence.request()).answer(sequence.branch());
    }

    static GenerateTask of(ScheduledRequest scheduled) {
        return EngineTask.of(scheduled, GenerateTask.class);
    }

    @Override
    public long submitted() {
        return submitted;
    }

    @Override
    public FinishReason lateReason() {
        return timeLimit < Durations.after(submitted, request.deadline())
                ? FinishReason.STOP_CRITERION
                : FinishReason.DEADLINE;
    }

    @Override
    public int promptToken(int position) {
        return prompt[position];
    }

    @Override
    public boolean hasOutput(int position) {
        return position == prompt.length - 1;
    }

    @Override
    public void admitted(Context context, long now) {
        for (ActiveSequence active : answers) {
            active.generation.admitted(now);
            // Several answers share the output that their first tokens are chosen from, and may change their sequences
            // until then.
            if (onDevice && answers.size() == 1) {
                active.attach(
                        context,
                        scheduled().sequence(active.generation.branch()).slot());
            }
        }
    }

    @Override
    public void end(@Nullable FinishReason reason, @Nullable Throwable failure) {
        answers.forEach(active -> active.end(reason, failure));
    }

    @Override
    public void end(ScheduledSequence sequence, @Nullable FinishReason reason, @Nullable Throwable failure) {
        answer(sequence.branch()).end(reason, failure);
    }

    @Override
    public boolean isEnded() {
        for (ActiveSequence active : answers) {
            if (!active.isEnded()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void free(Context context) {
        for (ActiveSequence active : answers) {
            if (active.isEnded()) {
                active.free(context);
            }
        }
    }

    @Override
    public void abandon() {
        answers.forEach(ActiveSequence::abandon);
    }
}
