package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.FinishReason;
import dev.tokapu.internal.CriteriaCheck;
import dev.tokapu.internal.Nanos;
import dev.tokapu.internal.schedule.Job;
import dev.tokapu.internal.schedule.Lane;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way through an engine: the scheduler's job and what belongs to it.
 *
 * <p>Thread safety: the fields do not change; what they lead to is the engine's thread's.
 */
final class Submission implements Work {

    final long id;
    final Request request;
    final int[] prompt;
    final int mostTokens;
    final long submitted;
    final int group;
    final boolean onDevice;
    private final FinishedRequest.Operation operation;
    private final long timeLimit;

    private @Nullable Job job;
    private List<Answering> answers = List.of();

    Submission(
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
        this.timeLimit = CriteriaCheck.deadline(request.stoppingCriteria(), submitted);
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
    void complete(List<Answering> all) {
        answers = List.copyOf(all);
        long deadline = Math.min(timeLimit, Nanos.after(submitted, request.deadline()));
        job = new Job(
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
    public Job job() {
        Job made = job;
        if (made == null) {
            throw new IllegalStateException("the submission is not complete");
        }
        return made;
    }

    List<Answering> answers() {
        return answers;
    }

    Answering answer(int branch) {
        return answers.get(branch);
    }

    static Answering answering(Lane lane) {
        return of(lane.job()).answer(lane.branch());
    }

    static Submission of(Job job) {
        return Work.of(job, Submission.class);
    }

    @Override
    public long submitted() {
        return submitted;
    }

    @Override
    public FinishReason lateReason() {
        return timeLimit < Nanos.after(submitted, request.deadline())
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
        for (Answering answering : answers) {
            answering.generation.admitted(now);
            // Several answers share the output that their first tokens are chosen from, and may change their sequences
            // until then.
            if (onDevice && answers.size() == 1) {
                answering.attach(
                        context, job().lane(answering.generation.branch()).slot());
            }
        }
    }

    @Override
    public void end(@Nullable FinishReason reason, @Nullable Throwable failure) {
        answers.forEach(answering -> answering.end(reason, failure));
    }

    @Override
    public void end(Lane lane, @Nullable FinishReason reason, @Nullable Throwable failure) {
        answer(lane.branch()).end(reason, failure);
    }

    @Override
    public boolean isEnded() {
        for (Answering answering : answers) {
            if (!answering.isEnded()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void free(Context context) {
        for (Answering answering : answers) {
            if (answering.isEnded()) {
                answering.free(context);
            }
        }
    }

    @Override
    public void abandon() {
        answers.forEach(Answering::abandon);
    }
}
