package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.DecodeStatus;
import dev.tokapu.engine.schedule.EndReason;
import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.RejectReason;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.ScheduledSequence;
import dev.tokapu.engine.schedule.Scheduler;
import dev.tokapu.exception.NativeAbortException;
import dev.tokapu.sampling.SamplerBatch;
import dev.tokapu.text.FinishReason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread that owns the context: it takes in what others ask for, lets the scheduler plan a step, computes it, chooses tokens
 * and hands them on. What others need is done by others: making text of tokens, listeners, rendering prompts.
 *
 * <p>Thread safety: {@link #run} is one thread; {@link #tell}, {@link #wake} and the volatile fields are for all.
 */
final class EngineLoop implements Runnable {

    /** Something that happens on the engine's thread. */
    interface Command {

        /** Does it. */
        void apply(EngineLoop loop);
    }

    private static final long LONGEST_SLEEP = 1_000_000_000L;
    private static final int UNKNOWN_GROUP = -1;

    private final Context context;
    private final Scheduler scheduler;
    private final ChunkSizeController chunkSizes;
    private final EngineMeter meter;
    private final EngineEvents events;
    private final AdapterGroups adapters;
    private final int maxPrefillTokens;
    private final Queue<Command> commands = new ConcurrentLinkedQueue<>();
    private final Plan plan = new Plan();
    private final StepBatch batch;
    private final StepSampler stepSampler;
    private final Map<EngineTask, Engine> known = new LinkedHashMap<>(); // by work, since many may wait
    private final LoneStep lone;
    private final PromptChunks chunks = new PromptChunks();
    private final PromptsLeft reading = new PromptsLeft();
    private int group;
    private volatile boolean sleeping;
    private volatile Shutdown shutdown = Shutdown.NONE;
    private volatile long stepStarted;
    private volatile @Nullable Thread thread;
    private volatile TokenChannel.@Nullable Ending over;

    /** How it is to end. */
    enum Shutdown {
        NONE,
        DRAIN,
        NOW
    }

    EngineLoop(
            Context context,
            Scheduler scheduler,
            ChunkSizeController chunkSizes,
            EngineMeter meter,
            EngineEvents events,
            AdapterGroups adapters,
            EngineConfig config) {
        this.context = context;
        this.lone = new LoneStep(context);
        this.scheduler = scheduler;
        this.chunkSizes = chunkSizes;
        this.meter = meter;
        this.events = events;
        this.adapters = adapters;
        this.maxPrefillTokens = config.maxPrefillTokens();
        this.batch = new StepBatch(config);
        this.stepSampler = new StepSampler(new SamplerBatch(context, config.maxSequences()), config.samplingThreads());
    }

    /** Any thread: has something done between two steps; what comes too late for that is ended by the calling thread. */
    void tell(Command command) {
        commands.add(command);
        TokenChannel.Ending ending = over;
        if (ending == null) {
            wake();
        } else {
            endCommands(ending);
        }
    }

    void wake() {
        Thread owner = thread;
        if (sleeping && owner != null) {
            LockSupport.unpark(owner);
        }
    }

    /** Any thread: ends it, when all is done or as soon as possible. */
    void shutDown(Shutdown how) {
        if (shutdown != Shutdown.NOW) {
            shutdown = how;
        }
        wake();
    }

    /** The step that somebody may abort without harm to others. */
    LoneStep lone() {
        return lone;
    }

    /** Whether it computes nothing more. */
    boolean isOver() {
        return over != null;
    }

    /** When the step that is computed began; 0 between steps. */
    long stepStarted() {
        return stepStarted;
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        Throwable failure = null;
        try {
            loop();
        } catch (Throwable e) {
            failure = e;
            meter.failed(e);
        } finally {
            shutdown = Shutdown.NOW;
            stepStarted = 0;
            meter.state(0, 0, 0, 0);
            try {
                endAll(failure);
            } finally {
                context.close();
            }
        }
        if (failure instanceof VirtualMachineError error) {
            throw error;
        }
    }

    private void loop() {
        while (shutdown != Shutdown.NOW) {
            takeCommands();
            long now = System.nanoTime();
            events.stepBegins();
            scheduler.plan(now, promptTokens(now), plan);
            carryOut(now);
            if (plan.entries() > 0) {
                step(now);
            } else if (plan.ends() == 0 && plan.releases() == 0 && plan.admissions() == 0) {
                if (shutdown == Shutdown.DRAIN && scheduler.isIdle() && commands.isEmpty()) {
                    return;
                }
                sleep(now);
            }
        }
    }

    private int promptTokens(long now) {
        int left = reading.tokens(maxPrefillTokens);
        int most = maxPrefillTokens;
        if (scheduler.decoding() == 0) {
            long deadline = scheduler.nextDeadline();
            most = chunks.tokens(maxPrefillTokens, deadline == Long.MAX_VALUE ? deadline : deadline - now);
        }
        return chunkSizes.promptTokens(scheduler.decoding(), reading.requests(), left, most);
    }

    private void takeCommands() {
        Command command = commands.poll();
        while (command != null) {
            command.apply(this);
            command = commands.poll();
        }
    }

    private void sleep(long now) {
        sleeping = true;
        if (commands.isEmpty() && shutdown == Shutdown.NONE) {
            long deadline = scheduler.nextDeadline();
            long nanos = deadline == Long.MAX_VALUE ? LONGEST_SLEEP : Math.min(LONGEST_SLEEP, deadline - now);
            LockSupport.parkNanos(this, Math.max(1, nanos));
            Thread.interrupted(); // a sampler in Java may have left it; no sleep would last then
        }
        sleeping = false;
    }

    void submit(EngineTask work, Engine owner) {
        known.put(work, owner);
        RejectReason refusal = scheduler.offer(work.scheduled());
        if (refusal == null) {
            return;
        }
        if (refusal == RejectReason.EXPIRED) {
            work.end(work.lateReason(), null);
        } else {
            work.end(null, new IllegalStateException("the scheduler refused the request: " + refusal));
        }
        forgetEnded(work);
    }

    void cancel(EngineTask work, int branch) {
        ScheduledRequest scheduled = work.scheduled();
        if (scheduled.branches() == 1) {
            scheduler.cancel(scheduled.id());
        } else {
            scheduler.cancel(scheduled.id(), branch);
        }
    }

    /** What the plan says about requests and sequences, before its step. */
    private void carryOut(long now) {
        for (int i = 0; i < plan.ends(); i++) {
            EngineTask work = EngineTask.of(plan.endedRequest(i));
            FinishReason reason = plan.endReason(i) == EndReason.DEADLINE ? work.lateReason() : FinishReason.CANCELLED;
            ScheduledSequence sequence = plan.endedSequence(i);
            if (sequence == null) {
                work.end(reason, null);
            } else {
                work.end(sequence, reason, null);
            }
            forgetEnded(work);
        }
        for (int i = 0; i < plan.releases(); i++) {
            context.kvCache().remove(plan.releasedSlot(i), -1, -1);
        }
        for (int i = 0; i < plan.admissions(); i++) {
            reading.admit(plan.admitted(i));
            EngineTask work = EngineTask.of(plan.admitted(i));
            meter.admitted(now - work.submitted());
            work.admitted(context, now);
        }
        meter.state(scheduler.queued(), scheduler.running(), scheduler.decoding(), scheduler.kvReserved());
    }

    private void step(long planned) {
        long built;
        try {
            useAdapters();
            batch.fill(plan);
            stepSampler.clear();
            built = System.nanoTime();
            stepStarted = built;
            if (!decode()) {
                return;
            }
        } catch (NativeAbortException e) {
            throw e; // nothing can be computed after it
        } catch (RuntimeException e) {
            failStep(e);
            return;
        }
        scheduler.decoded(plan);
        collect();
        context.synchronize(); // so that times are those of this step, and of decoding
        long decoded = System.nanoTime();
        stepSampler.sample();
        long sampled = System.nanoTime();
        stepStarted = 0;
        int generating = plan.decodeEntries();
        int prompt = plan.tokens() - generating - batch.drafted();
        meter.computed(generating, prompt);
        deliver(sampled);
        readPrompts();
        chunkSizes.computed(generating, prompt - plan.gapTokens(), sampled - built);
        if (generating == 0) {
            chunks.computed(prompt, decoded - built);
        }
        long delivered = System.nanoTime();
        meter.step(planned, built, decoded, sampled, delivered);
        events.stepEnds(generating, prompt, built - planned, decoded - built, sampled - decoded, delivered - sampled);
    }

    private void useAdapters() {
        if (plan.group() != group) {
            group = UNKNOWN_GROUP; // if applying them fails
            adapters.set(plan.group()).applyTo(context);
            group = plan.group();
        }
    }

    /** Whether the step was computed. One that was stopped is planned again, unless all is to end. */
    private boolean decode() {
        DecodeStatus status = decodeBatch();
        if (!StepBatch.removeFillers(plan, context)) {
            throw new IllegalStateException(
                    "could not remove padding tokens from the KV cache; this is a bug, please report it");
        }
        if (status == DecodeStatus.NO_KV_SLOT) {
            throw new IllegalStateException("the KV cache has no room for " + plan.tokens() + " tokens, though "
                    + scheduler.kvReserved() + " are reserved; please report this");
        }
        if (status == DecodeStatus.ABORTED) {
            stepStarted = 0;
            for (int i = 0; i < plan.entries(); i++) {
                context.kvCache().remove(plan.sequence(i).slot(), plan.from(i), -1);
            }
            scheduler.failed(plan);
        }
        return status == DecodeStatus.OK;
    }

    private DecodeStatus decodeBatch() {
        if (plan.entries() > 1 || plan.decodeEntries() > 0) {
            return context.decode(batch.batch());
        }
        ScheduledRequest alone = plan.sequence(0).request();
        lone.begins(alone, isCancelled(alone));
        try {
            return context.decode(batch.batch());
        } finally {
            lone.ends();
        }
    }

    private boolean isCancelled(ScheduledRequest scheduled) {
        for (Command command : commands) {
            if (command instanceof Cancel cancel
                    && cancel.work().scheduled() == scheduled
                    && scheduled.branches() == 1) {
                return true;
            }
        }
        return false;
    }

    /** The requests of the step fail; the next plan clears their sequences, and the others go on. */
    private void failStep(RuntimeException cause) {
        stepStarted = 0;
        StepBatch.removeFillers(plan, context);
        scheduler.failed(plan);
        for (int i = 0; i < plan.entries(); i++) {
            EngineTask work = EngineTask.of(plan.sequence(i).request());
            work.end(null, cause);
            scheduler.cancel(work.scheduled().id());
            forgetEnded(work);
        }
    }

    /** Who chooses a token: those that generate, and all answers to a prompt that was read to its end. */
    private void collect() {
        for (int i = 0; i < plan.entries(); i++) {
            int count = plan.count(i);
            ScheduledSequence sequence = plan.sequence(i);
            if (!plan.isPrefill(i)) {
                stepSampler.add(sequence, GenerateTask.active(sequence), batch.row(i, 0), batch.row(i, 1), count);
            } else if (plan.isLast(i) && !sequence.request().promptOnly()) {
                ScheduledRequest scheduled = sequence.request();
                int row = batch.row(i, count - 1);
                for (int branch = 0; branch < scheduled.branches(); branch++) {
                    ScheduledSequence answer = scheduled.sequence(branch);
                    if (answer.isEnded()) {
                        continue;
                    }
                    if (answer.slot() != sequence.slot()) {
                        context.kvCache().copy(sequence.slot(), answer.slot(), -1, -1);
                    }
                    stepSampler.add(answer, GenerateTask.active(answer), row, row, 1);
                }
            }
        }
    }

    private void deliver(long now) {
        for (int i = 0; i < stepSampler.size(); i++) {
            ScheduledSequence sequence = stepSampler.sequence(i);
            ActiveSequence active = stepSampler.active(i);
            int drafted = stepSampler.drafted(i);
            int accepted = Math.max(0, stepSampler.count(i) - 1);
            meter.speculated(drafted, accepted);
            active.verified(drafted, accepted);
            boolean ended = false;
            for (int k = 0; k < stepSampler.count(i) && !ended; k++) {
                float[] logits = active.keepsLogits() ? context.outputs().logits(stepSampler.row(i, k)) : null;
                active.generation.chosenAt(now, meter);
                ended = active.accept(stepSampler.token(i, k), logits, now);
            }
            RuntimeException failure = stepSampler.failure(i);
            if (failure != null) {
                active.end(null, failure);
                ended = true;
            }
            scheduler.sampled(sequence, 1 + accepted, ended);
            if (!ended && accepted < drafted && !context.kvCache().remove(sequence.slot(), sequence.length(), -1)) {
                active.end(
                        null,
                        new IllegalStateException("could not remove rejected drafts from the KV cache after position "
                                + sequence.length() + "; use Speculation.none(), and please report this"));
                cancel(active.task, sequence.branch());
                ended = true;
            }
            if (ended) {
                forgetEnded(active.task);
            } else {
                sequence.drafts(active.draft());
            }
        }
    }

    /** Takes out of the context what prompts alone are computed for. */
    private void readPrompts() {
        for (int i = 0; i < plan.entries(); i++) {
            ScheduledSequence sequence = plan.sequence(i);
            ScheduledRequest scheduled = sequence.request();
            if (scheduled.promptOnly()) {
                PromptTask<?> work = PromptTask.of(scheduled);
                if (read(work, i) && plan.isLast(i)) {
                    work.finish();
                    scheduler.finished(scheduled);
                }
                forgetEnded(work);
            }
        }
    }

    /** What cannot be read fails alone; the next plan clears its sequence. */
    private boolean read(PromptTask<?> work, int entry) {
        try {
            work.computed(
                    context,
                    batch,
                    entry,
                    plan.from(entry),
                    plan.count(entry),
                    plan.sequence(entry).slot());
            return true;
        } catch (NativeAbortException e) {
            throw e; // nothing can be computed after it
        } catch (RuntimeException e) {
            work.end(null, e);
            scheduler.cancel(work.scheduled().id());
            return false;
        }
    }

    /** Frees what answers had that ended: before somebody else gets their sequences. */
    private void forgetEnded(EngineTask work) {
        work.free(context);
        if (work.isEnded() && known.remove(work) != null) {
            adapters.release(work.scheduled().group());
        }
    }

    private void endAll(@Nullable Throwable failure) {
        TokenChannel.Ending ending = new TokenChannel.Ending(failure == null ? FinishReason.CANCELLED : null, failure);
        over = ending;
        List.copyOf(known.keySet()).forEach(work -> end(work, ending));
        known.clear();
        endCommands(ending);
    }

    /** Any thread, after the end: what was submitted meanwhile is answered by whoever sees it. */
    private void endCommands(TokenChannel.Ending ending) {
        Command command = commands.poll();
        while (command != null) {
            if (command instanceof Submit submit) {
                end(submit.work(), ending);
            }
            command = commands.poll();
        }
    }

    private void end(EngineTask work, TokenChannel.Ending ending) {
        work.end(ending.reason(), ending.failure());
        work.abandon();
        adapters.release(work.scheduled().group());
    }

    /** A request arrives; its engine is not forgotten before it has ended. */
    record Submit(EngineTask work, Engine owner) implements Command {

        @Override
        public void apply(EngineLoop loop) {
            loop.submit(work, owner);
        }
    }

    /** An answer is no longer wanted. */
    record Cancel(EngineTask work, int branch) implements Command {

        @Override
        public void apply(EngineLoop loop) {
            loop.cancel(work, branch);
        }
    }
}
