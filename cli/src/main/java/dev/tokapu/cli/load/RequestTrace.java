package dev.tokapu.cli.load;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * When the tokens of one answer came, counted from the time when the request was to be sent.
 *
 * <p>Thread safety: used by one thread at a time, as a {@link Receiver} is.
 */
final class RequestTrace implements Receiver {

    private final Recorder recorder;
    private final Clock clock;
    private final Consumer<Outcome> whenEnded;
    private final int promptTokens;
    private final long start;
    private final long[] latencies;
    private int latencyCount;
    private int tokens;
    private long first;
    private long last;
    private boolean ended;

    /**
     * A request that is about to be sent.
     *
     * @param request what is sent
     * @param start when it was to be sent
     * @param whenEnded called once
     */
    RequestTrace(LoadRequest request, long start, Clock clock, Recorder recorder, Consumer<Outcome> whenEnded) {
        this.recorder = recorder;
        this.clock = clock;
        this.whenEnded = whenEnded;
        this.start = start;
        promptTokens = request.promptTokens().length;
        latencies = new long[request.maxTokens()];
    }

    @Override
    public void onTokens(int count, long nanoTime) {
        if (tokens == 0) {
            first = nanoTime;
        } else if (latencyCount < latencies.length) {
            latencies[latencyCount++] = Math.max(0, nanoTime - last);
        }
        last = nanoTime;
        tokens += count;
    }

    @Override
    public void onEnd(Outcome outcome) {
        if (ended) {
            throw new IllegalStateException("a target ended the same request twice: now with " + outcome);
        }
        ended = true;
        recorder.mark(Math.max(last, clock.nanoTime()));
        if (outcome instanceof Outcome.Rejected) {
            recorder.rejection();
        } else if (outcome instanceof Outcome.Failed failed) {
            recorder.failure(failed.message());
        } else if (tokens == 0) {
            recorder.failure("an answer without tokens");
        } else if (outcome instanceof Outcome.Success success) {
            recorder.success(
                    this,
                    success.inputTokens() > 0 ? success.inputTokens() : promptTokens,
                    success.outputTokens() > 0 ? success.outputTokens() : tokens);
        }
        whenEnded.accept(outcome);
    }

    long timeToFirst() {
        return Math.max(0, first - start);
    }

    long timeToLast() {
        return Math.max(0, last - start);
    }

    void forEachInterTokenLatency(LongConsumer action) {
        Arrays.stream(latencies, 0, latencyCount).forEach(action);
    }
}
