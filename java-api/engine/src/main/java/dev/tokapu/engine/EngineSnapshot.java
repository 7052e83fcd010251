package dev.tokapu.engine;

import dev.tokapu.engine.run.EngineMeter;
import java.util.Locale;

/**
 * What an {@link Engine} does and has done. Whoever saw the end of an answer finds it counted; what waits, runs and is reserved is as
 * of the last step that was planned.
 *
 * <p>Thread safety: immutable.
 *
 * @param waiting requests that wait to be admitted
 * @param running requests that are prefilled or generated
 * @param generating answers that generate
 * @param maxSequences answers that may generate at the same time
 * @param reservedTokens tokens of the KV cache that are promised to running requests
 * @param contextSize tokens that the KV cache holds
 * @param submitted requests taken so far
 * @param rejected requests refused so far because the queue was full
 * @param completed answers that ended by themselves or at a limit
 * @param cancelled answers that were cancelled
 * @param expired answers that ran into their deadline
 * @param failed answers that failed
 * @param preemptions how often a sequence was taken from a request that is computed again, for lack of KV cache
 * @param hangs steps that the watchdog reported
 * @param steps steps computed
 * @param promptTokens prompt tokens read
 * @param generatedTokens tokens decoded that had been generated
 * @param draftedTokens tokens that were drafted, by {@link Speculation}
 * @param acceptedTokens how many of these were right
 * @param modelDraftedTokens how many of the drafted tokens came from the draft model
 * @param modelAcceptedTokens how many of these were right
 * @param draftNanos time for drafting with the draft model, in ns
 * @param planNanos time for planning and building batches, in ns
 * @param decodeNanos time for decoding, in ns
 * @param sampleNanos time for choosing tokens, in ns; on a GPU waiting for its results is part of it
 * @param deliverNanos time for handing tokens on, in ns
 * @param queueTime from submission to admission
 * @param firstToken from submission to the first token
 * @param betweenTokens between two tokens of an answer
 * @param endToEnd from submission to the end
 * @param stepTime of a step
 * @since 0.1
 */
public record EngineSnapshot(
        int waiting,
        int running,
        int generating,
        int maxSequences,
        long reservedTokens,
        int contextSize,
        long submitted,
        long rejected,
        long completed,
        long cancelled,
        long expired,
        long failed,
        long preemptions,
        long hangs,
        long steps,
        long promptTokens,
        long generatedTokens,
        long draftedTokens,
        long acceptedTokens,
        long modelDraftedTokens,
        long modelAcceptedTokens,
        long draftNanos,
        long planNanos,
        long decodeNanos,
        long sampleNanos,
        long deliverNanos,
        LatencySnapshot queueTime,
        LatencySnapshot firstToken,
        LatencySnapshot betweenTokens,
        LatencySnapshot endToEnd,
        LatencySnapshot stepTime) {

    static EngineSnapshot of(EngineMeter meter, int maxSequences, int contextSize) {
        return new EngineSnapshot(
                meter.queued(),
                meter.running(),
                meter.generating(),
                maxSequences,
                meter.reserved(),
                contextSize,
                meter.submitted.sum(),
                meter.rejected.sum(),
                meter.completed.sum(),
                meter.cancelled.sum(),
                meter.expired.sum(),
                meter.failed.sum(),
                meter.preemptions.get(),
                meter.hangs.sum(),
                meter.steps.get(),
                meter.promptTokens.get(),
                meter.generatedTokens.get(),
                meter.draftedTokens.get(),
                meter.acceptedTokens.get(),
                meter.modelDraftedTokens.get(),
                meter.modelAcceptedTokens.get(),
                meter.draftNanos.get(),
                meter.planNanos.get(),
                meter.decodeNanos.get(),
                meter.sampleNanos.get(),
                meter.deliverNanos.get(),
                LatencySnapshot.of(meter.queueTime),
                LatencySnapshot.of(meter.firstToken),
                LatencySnapshot.of(meter.betweenTokens),
                LatencySnapshot.of(meter.endToEnd),
                LatencySnapshot.of(meter.stepTime));
    }

    /** For people, in one line. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d waiting, %d running, %d of %d sequences generating, %d of %d KV tokens reserved;"
                        + " %d submitted, %d rejected, %d completed, %d cancelled, %d expired, %d failed, %d preemptions, %d hangs;"
                        + " %d steps, %d prompt and %d generated tokens, %d of %d drafted ones right;"
                        + " queue %s; first token %s; between tokens %s; end to end %s; step %s",
                waiting,
                running,
                generating,
                maxSequences,
                reservedTokens,
                contextSize,
                submitted,
                rejected,
                completed,
                cancelled,
                expired,
                failed,
                preemptions,
                hangs,
                steps,
                promptTokens,
                generatedTokens,
                acceptedTokens,
                draftedTokens,
                queueTime,
                firstToken,
                betweenTokens,
                endToEnd,
                stepTime);
    }
}
