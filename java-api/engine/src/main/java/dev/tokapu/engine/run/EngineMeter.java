package dev.tokapu.engine.run;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what an engine does.
 *
 * <p>Thread safety: safe; what a step reports comes from one thread and costs a few stores.
 */
public final class EngineMeter {

    public final LongAdder submitted = new LongAdder();
    public final LongAdder rejected = new LongAdder();
    public final LongAdder completed = new LongAdder();
    public final LongAdder failed = new LongAdder();
    public final LongAdder cancelled = new LongAdder();
    public final LongAdder expired = new LongAdder();
    public final LongAdder hangs = new LongAdder();
    public final AtomicLong preemptions = new AtomicLong();
    public final AtomicLong steps = new AtomicLong();
    public final AtomicLong promptTokens = new AtomicLong();
    public final AtomicLong generatedTokens = new AtomicLong();
    public final AtomicLong draftedTokens = new AtomicLong();
    public final AtomicLong acceptedTokens = new AtomicLong();
    public final AtomicLong modelDraftedTokens = new AtomicLong();
    public final AtomicLong modelAcceptedTokens = new AtomicLong();
    public final AtomicLong draftNanos = new AtomicLong();
    public final AtomicLong planNanos = new AtomicLong();
    public final AtomicLong decodeNanos = new AtomicLong();
    public final AtomicLong sampleNanos = new AtomicLong();
    public final AtomicLong deliverNanos = new AtomicLong();
    public final Histogram queueTime = new Histogram();
    public final Histogram firstToken = new Histogram();
    public final Histogram betweenTokens = new Histogram();
    public final Histogram endToEnd = new Histogram();
    public final Histogram stepTime = new Histogram();
    public final PrefixCacheMeter prefixCache = new PrefixCacheMeter();
    private volatile int queuedRequests;
    private volatile int runningRequests;
    private volatile int generatingSequences;
    private volatile long reservedTokens;
    private volatile int failedSteps;
    private volatile long lastFailedStep;
    private volatile @Nullable Throwable failure;

    void state(int queued, int running, int generating, long reserved) {
        queuedRequests = queued;
        runningRequests = running;
        generatingSequences = generating;
        reservedTokens = reserved;
    }

    void preempted() {
        preemptions.lazySet(preemptions.get() + 1);
    }

    void admitted(long waited) {
        queueTime.record(waited);
    }

    /** Before what the step brought is delivered, so that a reader finds it counted. */
    void computed(int generating, int prompt) {
        if (failedSteps != 0) {
            failedSteps = 0;
        }
        steps.lazySet(steps.get() + 1);
        promptTokens.lazySet(promptTokens.get() + prompt);
        generatedTokens.lazySet(generatedTokens.get() + generating);
    }

    /** Of the drafts of one answer in a step, so many were right; before they are delivered. */
    void speculated(int drafted, int accepted, boolean byModel) {
        if (byModel) {
            modelDraftedTokens.lazySet(modelDraftedTokens.get() + drafted);
            modelAcceptedTokens.lazySet(modelAcceptedTokens.get() + accepted);
        }
        draftedTokens.lazySet(draftedTokens.get() + drafted);
        acceptedTokens.lazySet(acceptedTokens.get() + accepted);
        generatedTokens.lazySet(generatedTokens.get() + accepted);
    }

    /** An answer chose a token; its latest one before was chosen then, 0 for none. */
    void chosen(long now, long submitted, long latest) {
        if (latest == 0) {
            firstToken.record(now - submitted);
        } else {
            betweenTokens.record(now - latest);
        }
    }

    void step(StepTimings timings) {
        draftNanos.lazySet(draftNanos.get() + timings.draft());
        planNanos.lazySet(planNanos.get() + timings.plan());
        decodeNanos.lazySet(decodeNanos.get() + timings.decode());
        sampleNanos.lazySet(sampleNanos.get() + timings.sample());
        deliverNanos.lazySet(deliverNanos.get() + timings.deliver());
        stepTime.record(timings.total());
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void stepFailed(long now) {
        lastFailedStep = now;
        failedSteps++;
    }

    /** How many steps have failed since one was computed. */
    public int failedSteps() {
        return failedSteps;
    }

    /** When the last one failed. */
    public long lastFailedStep() {
        return lastFailedStep;
    }

    void failed(Throwable cause) {
        failure = cause;
    }

    /** Why the loop failed. */
    public @Nullable Throwable failure() {
        return failure;
    }

    public int queued() {
        return queuedRequests;
    }

    public int running() {
        return runningRequests;
    }

    public int generating() {
        return generatingSequences;
    }

    public long reserved() {
        return reservedTokens;
    }
}
