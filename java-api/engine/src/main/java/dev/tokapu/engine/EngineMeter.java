package dev.tokapu.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what an engine does.
 *
 * <p>Thread safety: safe; what a step reports comes from one thread and costs a few stores.
 */
final class EngineMeter {

    final LongAdder submitted = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder completed = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LongAdder expired = new LongAdder();
    final LongAdder hangs = new LongAdder();
    final AtomicLong steps = new AtomicLong();
    final AtomicLong promptTokens = new AtomicLong();
    final AtomicLong generatedTokens = new AtomicLong();
    final AtomicLong draftedTokens = new AtomicLong();
    final AtomicLong acceptedTokens = new AtomicLong();
    final AtomicLong planNanos = new AtomicLong();
    final AtomicLong decodeNanos = new AtomicLong();
    final AtomicLong sampleNanos = new AtomicLong();
    final AtomicLong deliverNanos = new AtomicLong();
    final Histogram queueTime = new Histogram();
    final Histogram firstToken = new Histogram();
    final Histogram betweenTokens = new Histogram();
    final Histogram endToEnd = new Histogram();
    final Histogram stepTime = new Histogram();
    volatile int queuedRequests;
    volatile int runningRequests;
    volatile int generatingSequences;
    volatile long reservedTokens;
    volatile @Nullable Throwable failure;

    void state(int queued, int running, int generating, long reserved) {
        queuedRequests = queued;
        runningRequests = running;
        generatingSequences = generating;
        reservedTokens = reserved;
    }

    void admitted(long waited) {
        queueTime.record(waited);
    }

    /** Before what the step brought is delivered, so that a reader finds it counted. */
    void computed(int generating, int prompt) {
        steps.lazySet(steps.get() + 1);
        promptTokens.lazySet(promptTokens.get() + prompt);
        generatedTokens.lazySet(generatedTokens.get() + generating);
    }

    /** Of the drafts of one answer in a step, so many were right; before they are delivered. */
    void speculated(int drafted, int accepted) {
        draftedTokens.lazySet(draftedTokens.get() + drafted);
        acceptedTokens.lazySet(acceptedTokens.get() + accepted);
        generatedTokens.lazySet(generatedTokens.get() + accepted);
    }

    void step(long planned, long built, long decoded, long sampled, long delivered) {
        planNanos.lazySet(planNanos.get() + built - planned);
        decodeNanos.lazySet(decodeNanos.get() + decoded - built);
        sampleNanos.lazySet(sampleNanos.get() + sampled - decoded);
        deliverNanos.lazySet(deliverNanos.get() + delivered - sampled);
        stepTime.record(delivered - planned);
    }

    /** An answer, a score or an embedding ended. */
    void ended(FinishedRequest request) {
        LongAdder outcome = switch (request.outcome()) {
            case COMPLETED -> completed;
            case CANCELLED -> cancelled;
            case EXPIRED -> expired;
            case FAILED -> failed;
        };
        outcome.increment();
        endToEnd.record(request.timings().total().toNanos());
    }

    EngineSnapshot snapshot(int maxSequences, int contextSize) {
        return new EngineSnapshot(
                queuedRequests,
                runningRequests,
                generatingSequences,
                maxSequences,
                reservedTokens,
                contextSize,
                submitted.sum(),
                rejected.sum(),
                completed.sum(),
                cancelled.sum(),
                expired.sum(),
                failed.sum(),
                hangs.sum(),
                steps.get(),
                promptTokens.get(),
                generatedTokens.get(),
                draftedTokens.get(),
                acceptedTokens.get(),
                planNanos.get(),
                decodeNanos.get(),
                sampleNanos.get(),
                deliverNanos.get(),
                queueTime.snapshot(),
                firstToken.snapshot(),
                betweenTokens.snapshot(),
                endToEnd.snapshot(),
                stepTime.snapshot());
    }

    void failed(Throwable cause) {
        failure = cause;
    }
}
