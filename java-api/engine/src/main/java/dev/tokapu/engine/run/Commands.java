package dev.tokapu.engine.run;

import dev.tokapu.engine.schedule.RejectReason;
import dev.tokapu.engine.schedule.ScheduledRequest;

/** What others ask of the engine's thread. */
public final class Commands {

    private Commands() {}

    /** A task arrives; its owner is not forgotten before it has ended. */
    public record Submit(EngineTask task, Object owner) implements Mailbox.Command {

        @Override
        public void apply(EngineLoop loop) {
            loop.tasks().enter(task, owner);
            RejectReason refusal = loop.scheduler().offer(task.scheduled());
            if (refusal != null) {
                loop.tasks().refused(task, refusal);
                return;
            }
            DiskPrefixes disk = loop.disk();
            if (disk != null) {
                disk.offered(task.scheduled(), loop);
            }
        }

        @Override
        public void refuse(EngineLoop loop, TokenChannel.Ending ending) {
            loop.tasks().refuse(task, ending);
        }
    }

    /** Nothing more of an answer is computed for now, or it goes on. */
    public record Pause(EngineTask task, int branch, boolean paused) implements Mailbox.Command {

        @Override
        public void apply(EngineLoop loop) {
            loop.scheduler().pause(task.scheduled().id(), branch, paused);
        }
    }

    /** An answer is no longer wanted. */
    public record Cancel(EngineTask task, int branch) implements Mailbox.Command {

        @Override
        public void apply(EngineLoop loop) {
            loop.scheduler().cancel(task.scheduled().id(), branch);
        }

        @Override
        public boolean cancels(ScheduledRequest<?> request) {
            return task.scheduled() == request && request.branches() == 1;
        }
    }
}
