package dev.tokapu.cli.load;

import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The figures of one load.
 *
 * @param duration from the first request to the last end, in nanoseconds
 * @param completed requests that got an answer
 * @param rejected requests that were refused because there was too much to do
 * @param failures requests that ended otherwise, by what was said
 * @param good answers that met the goal
 * @param goal what makes an answer good
 * @param inputTokens prompt tokens of all answers
 * @param outputTokens tokens of all answers
 * @param ttft nanoseconds to the first token
 * @param tpot nanoseconds per token after the first, of each answer
 * @param itl nanoseconds between arrivals of tokens
 * @param e2el nanoseconds to the last token
 */
public record Result(
        long duration,
        int completed,
        int rejected,
        Map<String, Integer> failures,
        int good,
        Goal goal,
        long inputTokens,
        long outputTokens,
        Samples ttft,
        Samples tpot,
        Samples itl,
        Samples e2el) {

    public int failed() {
        return failures.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * A rate.
     *
     * @param amount of anything that the whole load had
     * @return per second
     */
    public double perSecond(double amount) {
        return duration == 0 ? 0 : amount * TimeUnit.SECONDS.toNanos(1) / duration;
    }
}
