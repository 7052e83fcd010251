package dev.tokapu.internal.text;

import dev.tokapu.text.StoppingCriterion;
import java.util.List;

/**
 * When a stream ends and what it tells of its tokens.
 *
 * <p>Thread safety: immutable.
 *
 * @param maxTokens tokens to generate at most
 * @param stops texts that end the stream and are not part of it
 * @param criteria what else ends the stream
 * @param logProbabilities how many of the likeliest tokens to report for each generated one; 0 for no report
 */
public record StreamSettings(
        int maxTokens, List<String> stops, List<StoppingCriterion> criteria, int logProbabilities) {

    /** Largest number of alternatives that is reported. */
    public static final int MOST_LOG_PROBABILITIES = 1000;
}
