package dev.tokapu.engine.run;

import dev.tokapu.Context;
import dev.tokapu.engine.draft.DraftPlanner;
import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.schedule.KvOperation;
import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.PlannedEnd;
import dev.tokapu.engine.schedule.PrefixTiers;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.Scheduler;
import dev.tokapu.text.FinishReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The thread that owns the context: it takes in what others ask for, lets the scheduler plan a step, computes it, chooses tokens
 * and hands them on. What others need is done by others: making text of tokens, listeners, rendering prompts.
 *
 * <p>Thread safety: {@link #run} is one thread; {@link #tell}, {@link #shutDown} and what the watchdog asks for are for all.
 */
public final class EngineLoop implements Runnable {

    private static final long LOOK_PAUSE = 20_000_000;

    private final Context context;
    private final Scheduler<EngineTask> scheduler;
    private final Mailbox mailbox = new Mailbox();
    private final PrefillBudget prefill;
    private final PrefillCost prefillCost;
    private final StepExecutor executor;
    private final StepDelivery delivery;
    private final LiveTasks tasks;
    private final SequenceStates states;
    private final @Nullable DiskPrefixes disk;
    private final DraftPlanner drafts;
    private final KvOperations kvCache;
    private final boolean copiesStates;
    private final EngineMeter meter;
    private final EngineEvents events;
    private final Plan<EngineTask> plan = new Plan<>();
    private final StepTimings timings = new StepTimings();
    private final List<CacheWatcher> watchers = new ArrayList<>();
    private long looked;
    private volatile TokenChannel.@Nullable Ending over;

    public EngineLoop(
            Context context,
            Scheduler<EngineTask> scheduler,
            AdapterGroups adapters,
            EngineMeter meter,
            EngineEvents events,
            EngineConfig config,
            @Nullable DiskPrefixes disk,
            DraftPlanner drafts) {
        this.context = context;
        this.scheduler = scheduler;
        this.meter = meter;
        this.events = events;
        this.prefill = new PrefillBudget(config);
        this.prefillCost = new PrefillCost(config.maxPrefillTokens() / 2);
        this.tasks = new LiveTasks(context, adapters);
        this.disk = disk;
        this.drafts = drafts;
        this.states = new SequenceStates(
                context, scheduler.tiers(), config.savesAll(), timings, disk == null ? prefix -> {} : disk::saved);
        this.copiesStates = config.hostBytes() > 0;
        this.kvCache = new KvOperations(context.kvCache(), config.unified(), states);
        this.executor = new StepExecutor(context, mailbox, adapters, config, scheduler::kvReserved);
        this.delivery = new StepDelivery(context, scheduler, tasks, meter, new HeadsFeeding(drafts));
    }

    /** Any thread: has something done between two steps; what comes too late for that is refused by the calling thread. */
    public void tell(Mailbox.Command command) {
        mailbox.add(command);
        TokenChannel.Ending ending = over;
        if (ending == null) {
            mailbox.wake();
        } else {
            mailbox.refuse(this, ending);
        }
    }

    public Scheduler<EngineTask> scheduler() {
        return scheduler;
    }

    /** Any thread: an answer is no longer wanted, also not by the step that is computed. */
    public void cancel(EngineTask task, int branch) {
        tell(new Commands.Cancel(task, branch));
        if (task.scheduled().branches() == 1) {
            singlePrefill().abort(task.scheduled());
        }
    }

    /** What is on a disk; null without one. */
    public @Nullable DiskPrefixes disk() {
        return disk;
    }

    /** What a token of a long prompt takes that has its steps alone, in nanoseconds; 0 as long as that is not known. */
    double prefillNanos() {
        return prefillCost.tokenNanos();
    }

    /** Looks at the prefix cache between two steps. */
    @FunctionalInterface
    public interface CacheWatcher {

        /** On the engine's thread, now and then. */
        void look(EngineLoop loop);
    }

    public void watch(CacheWatcher watcher) {
        watchers.add(watcher);
    }

    public void unwatch(CacheWatcher watcher) {
        watchers.remove(watcher);
    }

    private void look(long now, boolean idle) {
        if (!watchers.isEmpty() && (idle || now - looked >= LOOK_PAUSE)) {
            looked = now;
            watchers.forEach(watcher -> watcher.look(this));
        }
    }

    /** The state of a sequence that is kept, to be closed; null when it cannot be taken. */
    public @Nullable SavedSequence take(CachedSequence kept) {
        return states.take(kept);
    }

    LiveTasks tasks() {
        return tasks;
    }

    /** Any thread: ends it, when all is done or as soon as possible. */
    public void shutDown(Mailbox.Shutdown how) {
        mailbox.shutDown(how);
    }

    /** The step that somebody may abort without harm to others. */
    public SinglePrefillStep singlePrefill() {
        return executor.singlePrefill();
    }

    /** Whether it computes nothing more. */
    boolean isOver() {
        return over != null;
    }

    /** Any thread: when the step that is computed began, or the drafting before it; 0 between them. */
    public long stepStarted() {
        long step = executor.stepStarted();
        return step != 0 ? step : drafts.started();
    }

    @Override
    public void run() {
        mailbox.open();
        Throwable failure = null;
        try {
            serve();
        } catch (Throwable e) {
            failure = e;
            meter.failed(e);
        } finally {
            mailbox.shutDown(Mailbox.Shutdown.NOW);
            meter.state(0, 0, 0, 0);
            try (context;
                    DraftPlanner unused = drafts;
                    PrefixTiers tiers = scheduler.tiers();
                    states) {
                endAll(failure);
                if (failure == null && disk != null) {
                    new KeptSaver(disk, tiers, kvCache, states).save(plan);
                }
            }
        }
        if (failure instanceof VirtualMachineError error) {
            throw error;
        }
    }

    private void serve() {
        if (copiesStates) {
            states.prepare();
        }
        drafts.prepare();
        while (!mailbox.isShutDown()) {
            mailbox.drain(this);
            events.stepBegins();
            timings.drafted(drafts.draft(scheduler.decoding(), prefill.isPrefilling()));
            long now = timings.begin();
            if (disk != null) {
                scheduler.tiers().savesAhead(!disk.isFull());
            }
            states.proceed(scheduler.decoding(), scheduler.awaitingSaves());
            scheduler.admit(now, plan);
            for (ScheduledRequest<EngineTask> request : plan.admitted()) {
                prefill.admit(request);
            }
            scheduler.fill(now, prefill.tokens(now, scheduler), plan);
            apply(now);
            look(now, plan.isEmpty());
            if (!plan.entries().isEmpty()) {
                step();
            } else if (plan.isEmpty() && states.isIdle()) {
                if (mailbox.isDrained() && scheduler.isIdle()) {
                    return;
                }
                mailbox.await(now, scheduler.nextDeadline());
            }
        }
    }

    private void step() {
        try {
            compute();
        } finally {
            executor.rollback().end();
        }
    }

    private void compute() {
        if (!executor.run(plan, timings)) {
            scheduler.failed(plan);
            RuntimeException failure = executor.failure();
            if (failure != null) {
                meter.stepFailed(System.nanoTime());
                delivery.fail(plan, failure);
            }
            return;
        }
        scheduler.decoded(plan);
        int generating = plan.decodeEntries();
        int prompt = plan.tokens() - generating - executor.batch().drafted();
        meter.computed(generating, prompt);
        long rollback = delivery.deliver(plan, executor, timings);
        timings.delivered();
        if (!drafts.hasOffered()) {
            prefill.computed(generating, prompt, plan.gapTokens(), timings);
        }
        if (prompt == 0) {
            drafts.stepComputed(generating, executor.batch().drafted(), timings.decode() + timings.sample() + rollback);
        }
        states.computed(generating, prompt, timings.computing());
        measurePrefill(generating, prompt);
        meter.step(timings);
        events.stepEnds(generating, prompt, timings);
    }

    private void measurePrefill(int generating, int prompt) {
        if (prompt > 0) {
            states.prefillTakes(prefill.tokenNanos());
        }
        if (generating == 0) {
            prefillCost.computed(plan, timings.decode());
            double attention = prefillCost.attention();
            if (attention > 0) {
                scheduler.kept().attention(attention);
            }
        }
    }

    /** What the plan says about requests and sequences, before its step. */
    private void apply(long now) {
        for (PlannedEnd<EngineTask> end : plan.ends()) {
            tasks.planned(end);
        }
        tasks.retire();
        for (KvOperation operation : plan.operations()) {
            kvCache.apply(operation);
            drafts.follow(operation);
        }
        for (ScheduledRequest<EngineTask> request : plan.preempted()) {
            request.task().preempted(context);
            meter.preempted();
        }
        for (ScheduledRequest<EngineTask> request : plan.admitted()) {
            if (request.begins() == 1) {
                meter.admitted(now - request.arrival());
            }
            request.task().admitted(context, now);
        }
        meter.prefixCache.read(scheduler, disk); // first: a reader that sees a request gone finds what is kept of it
        meter.state(scheduler.queued(), scheduler.running(), scheduler.decoding(), scheduler.kvReserved());
    }

    private void endAll(@Nullable Throwable failure) {
        TokenChannel.Ending ending = new TokenChannel.Ending(failure == null ? FinishReason.CANCELLED : null, failure);
        over = ending;
        tasks.endAll(ending);
        mailbox.refuse(this, ending);
    }
}
