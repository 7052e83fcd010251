package dev.tokapu.benchmarks.load;

import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What became of the requests of one load: histograms in nanoseconds with three digits, and counts.
 *
 * <p>Thread safety: answers may end in several threads at once.
 */
final class Recorder {

    /** Three significant digits: a percentile is off by a thousandth at most. */
    private static final int DIGITS = 3;

    private final Histogram ttft = new Histogram(DIGITS);
    private final Histogram tpot = new Histogram(DIGITS);
    private final Histogram itl = new Histogram(DIGITS);
    private final Histogram e2el = new Histogram(DIGITS);
    private final TreeMap<String, Integer> failures = new TreeMap<>();
    private final Goal goal;
    private int completed;
    private int rejected;
    private int good;
    private long inputTokens;
    private long outputTokens;
    private long firstStart = Long.MAX_VALUE;
    private long lastEnd = Long.MIN_VALUE;
    private boolean closed;

    Recorder(Goal goal) {
        this.goal = goal;
    }

    /**
     * An answer came to its end.
     *
     * @param trace when its tokens came
     * @param tokens its tokens
     */
    synchronized void success(RequestTrace trace, int tokens) {
        if (closed) {
            return;
        }
        completed++;
        inputTokens += trace.promptTokens();
        outputTokens += tokens;
        long first = trace.timeToFirst();
        long all = trace.timeToLast();
        long perToken = tokens > 1 ? (all - first) / (tokens - 1) : 0;
        ttft.recordValue(first);
        e2el.recordValue(all);
        if (tokens > 1) {
            tpot.recordValue(perToken);
        }
        trace.forEachInterTokenLatency(itl::recordValue);
        if (goal.met(first, perToken, all)) {
            good++;
        }
    }

    synchronized void rejection() {
        rejected += closed ? 0 : 1;
    }

    synchronized void failure(String message) {
        if (!closed) {
            failures.merge(message, 1, Integer::sum);
        }
    }

    /** A request was to be sent, or ended: the load lasts from the first to the last of these. */
    synchronized void mark(long nanoTime) {
        if (!closed) {
            firstStart = Math.min(firstStart, nanoTime);
            lastEnd = Math.max(lastEnd, nanoTime);
        }
    }

    /**
     * Ends the load: what comes later is not counted.
     *
     * @param requests all that belong to it; those that have not ended have failed
     */
    synchronized Result close(int requests) {
        int failed = failures.values().stream().mapToInt(Integer::intValue).sum();
        int unfinished = requests - completed - rejected - failed;
        if (unfinished > 0) {
            failures.merge("no end before the time limit", unfinished, Integer::sum);
        }
        closed = true;
        long duration = lastEnd < firstStart ? 0 : lastEnd - firstStart;
        return new Result(
                duration, completed, rejected, failures, good, goal, inputTokens, outputTokens, ttft, tpot, itl, e2el);
    }
}
