package dev.tokapu.engine.run;

import dev.tokapu.Context;
import dev.tokapu.engine.schedule.EndReason;
import dev.tokapu.engine.schedule.PlannedEnd;
import dev.tokapu.engine.schedule.RejectReason;
import dev.tokapu.engine.schedule.ScheduledSequence;
import dev.tokapu.text.FinishReason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tasks that have not ended, and the door by which they leave: whatever ends is told here, and {@link #retire} lets it go before a
 * plan gives its slots to others.
 *
 * <p>Thread safety: confined to the engine's thread, but for {@link #refuse}.
 */
final class LiveTasks {

    private final Context context;
    private final AdapterGroups adapters;
    private final Map<EngineTask, Object> owners = new LinkedHashMap<>();
    private final List<EngineTask> ended = new ArrayList<>();

    LiveTasks(Context context, AdapterGroups adapters) {
        this.context = context;
        this.adapters = adapters;
    }

    /** A task arrives; its owner is not forgotten before it has ended. */
    void enter(EngineTask task, Object owner) {
        owners.put(task, owner);
    }

    /** The scheduler does not take it. */
    void refused(EngineTask task, RejectReason reason) {
        if (reason == RejectReason.EXPIRED) {
            task.end(task.lateReason(), null);
        } else {
            task.end(null, new IllegalStateException("the scheduler refused the request: " + reason));
        }
        ended(task);
    }

    /** The scheduler ends it, or one of its answers. */
    void planned(PlannedEnd<EngineTask> end) {
        EngineTask task = end.request().task();
        FinishReason reason = end.reason() == EndReason.DEADLINE ? task.lateReason() : FinishReason.CANCELLED;
        ScheduledSequence<EngineTask> sequence = end.sequence();
        if (sequence == null) {
            task.end(reason, null);
        } else {
            task.end(sequence.branch(), reason, null);
        }
        ended(task);
    }

    /** It failed. */
    void failed(EngineTask task, Throwable failure) {
        task.end(null, failure);
        ended(task);
    }

    /** It has ended, or one of its answers has. */
    void ended(EngineTask task) {
        ended.add(task);
    }

    /** Frees what answers had that ended, and forgets tasks without others. */
    void retire() {
        for (int i = 0; i < ended.size(); i++) {
            EngineTask task = ended.get(i);
            task.free(context);
            if (task.isEnded() && owners.remove(task) != null) {
                release(task);
            }
        }
        ended.clear();
    }

    /** Ends and forgets all of them, together with the context. */
    void endAll(TokenChannel.Ending ending) {
        List.copyOf(owners.keySet()).forEach(task -> refuse(task, ending));
        owners.clear();
        ended.clear();
    }

    /** Any thread: ends a task that the loop does not compute, or no more. */
    void refuse(EngineTask task, TokenChannel.Ending ending) {
        task.end(ending.reason(), ending.failure());
        task.abandon();
        release(task);
    }

    private void release(EngineTask task) {
        adapters.release(task.scheduled().group());
        if (task.scheduled().lastGroup() != task.scheduled().group()) {
            adapters.release(task.scheduled().lastGroup());
        }
    }
}
