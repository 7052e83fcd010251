package dev.tokapu.engine;

/**
 * What is asked of an answer on its way to the task that computes it. The task changes when another replica takes over, and nothing is lost meanwhile.
 *
 * <p>Thread safety: safe.
 */
final class AnswerControl {

    private final int branch;
    private volatile GenerateTask task;
    private volatile boolean cancelled;
    private volatile boolean paused;
    private volatile boolean endsReasoning;
    private boolean ended; // guarded by this

    AnswerControl(GenerateTask task, int branch) {
        this.task = task;
        this.branch = branch;
    }

    void cancel() {
        cancelled = true;
        GenerateTask now = task;
        now.control().cancel(now, branch);
    }

    void pause(boolean value) {
        paused = value;
        GenerateTask now = task;
        now.control().pause(now, branch, value);
    }

    void endReasoning() {
        endsReasoning = true;
        task.sequence(branch).endReasoning();
    }

    /** Once: the answer ended. */
    void ended(FinishedRequest request) {
        GenerateTask last;
        synchronized (this) {
            ended = true;
            last = task;
        }
        last.control().ended(last, request);
    }

    /** Another replica is to compute it; false when it has ended. */
    synchronized boolean movedTo(GenerateTask next) {
        task = next;
        return !ended;
    }

    /** The other replica has it: asks that for what was asked of the first. */
    void movedOn() {
        if (endsReasoning) {
            endReasoning();
        }
        boolean asked = false;
        while (paused != asked) {
            asked = !asked;
            GenerateTask now = task;
            now.control().pause(now, branch, asked);
        }
        if (cancelled) {
            cancel();
        }
    }
}
