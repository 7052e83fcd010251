package dev.tokapu.engine;

import dev.tokapu.internal.schedule.Job;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way through an engine: the scheduler's job and what belongs to it.
 *
 * <p>Thread safety: the fields do not change; what they lead to is the engine's thread's.
 */
final class Submission {

    final long id;
    final Request request;
    final int[] prompt;
    final int mostTokens;
    final long submitted;
    final int group;

    private @Nullable Job job;
    private List<Answering> answers = List.of();

    Submission(long id, Request request, int[] prompt, int mostTokens, long submitted, int group) {
        this.id = id;
        this.request = request;
        this.prompt = prompt;
        this.mostTokens = mostTokens;
        this.submitted = submitted;
        this.group = group;
    }

    /** Before it is handed to the engine's thread. */
    void complete(int tenant, List<Answering> all) {
        answers = List.copyOf(all);
        long deadline = request.deadline() == null
                ? Long.MAX_VALUE
                : submitted + request.deadline().toNanos();
        job = new Job(
                id,
                tenant,
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

    Job job() {
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

    static Submission of(Job job) {
        if (job.tag() instanceof Submission submission) {
            return submission;
        }
        throw new IllegalStateException("job " + job.id() + " carries no submission");
    }
}
