package dev.tokapu.engine;

import dev.tokapu.engine.run.EngineMeter;
import dev.tokapu.engine.run.Histogram;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What an {@link Engine} does and has done, all its {@linkplain Engine#replicas() replicas} together. An answer is counted before its end
 * is reported; what waits, runs and is reserved is as of the last step that was planned.
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
 * @param draftNanos time for drafting with the draft model or the MTP heads, in ns
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

    /** Of what several replicas have counted. */
    static EngineSnapshot of(List<EngineMeter> meters, int maxSequences, long contextSize) {
        return new EngineSnapshot(
                (int) sum(meters, EngineMeter::queued),
                (int) sum(meters, EngineMeter::running),
                (int) sum(meters, EngineMeter::generating),
                maxSequences,
                sum(meters, EngineMeter::reserved),
                (int) Math.min(Integer.MAX_VALUE, contextSize),
                sum(meters, meter -> meter.submitted.sum()),
                sum(meters, meter -> meter.rejected.sum()),
                sum(meters, meter -> meter.completed.sum()),
                sum(meters, meter -> meter.cancelled.sum()),
                sum(meters, meter -> meter.expired.sum()),
                sum(meters, meter -> meter.failed.sum()),
                sum(meters, meter -> meter.preemptions.get()),
                sum(meters, meter -> meter.hangs.sum()),
                sum(meters, meter -> meter.steps.get()),
                sum(meters, meter -> meter.promptTokens.get()),
                sum(meters, meter -> meter.generatedTokens.get()),
                sum(meters, meter -> meter.draftedTokens.get()),
                sum(meters, meter -> meter.acceptedTokens.get()),
                sum(meters, meter -> meter.modelDraftedTokens.get()),
                sum(meters, meter -> meter.modelAcceptedTokens.get()),
                sum(meters, meter -> meter.draftNanos.get()),
                sum(meters, meter -> meter.planNanos.get()),
                sum(meters, meter -> meter.decodeNanos.get()),
                sum(meters, meter -> meter.sampleNanos.get()),
                sum(meters, meter -> meter.deliverNanos.get()),
                latency(meters, meter -> meter.queueTime),
                latency(meters, meter -> meter.firstToken),
                latency(meters, meter -> meter.betweenTokens),
                latency(meters, meter -> meter.endToEnd),
                latency(meters, meter -> meter.stepTime));
    }

    private static long sum(List<EngineMeter> meters, ToLongFunction<EngineMeter> number) {
        return meters.stream().mapToLong(number).sum();
    }

    private static LatencySnapshot latency(List<EngineMeter> meters, Function<EngineMeter, Histogram> histogram) {
        return LatencySnapshot.of(meters.stream().map(histogram).toList());
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
