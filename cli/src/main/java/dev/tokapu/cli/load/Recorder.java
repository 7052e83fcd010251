package dev.tokapu.cli.load;

import java.util.TreeMap;

/**
 * What became of the requests of one load: samples in nanoseconds, and counts.
 *
 * <p>Thread safety: answers may end in several threads at once.
 */
final class Recorder {

    private final Samples ttft = new Samples();
    private final Samples tpot = new Samples();
    private final Samples itl = new Samples();
    private final Samples e2el = new Samples();
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
     * @param prompt tokens of its prompt
     * @param tokens its tokens
     */
    synchronized void success(RequestTrace trace, int prompt, int tokens) {
        if (closed) {
            return;
        }
        completed++;
        inputTokens += prompt;
        outputTokens += tokens;
        long first = trace.timeToFirst();
        long all = trace.timeToLast();
        long perToken = tokens > 1 ? (all - first) / (tokens - 1) : 0;
        ttft.add(first);
        e2el.add(all);
        if (tokens > 1) {
            tpot.add(perToken);
        }
        trace.forEachInterTokenLatency(itl::add);
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
     * @param requests the number of requests of the load; unfinished ones count as failed. 0 to leave them out
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
