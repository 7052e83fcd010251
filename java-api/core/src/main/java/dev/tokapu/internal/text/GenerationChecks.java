package dev.tokapu.internal.text;

import dev.tokapu.sampling.Sampler;
import java.util.List;

/**
 * Checks of the settings that every kind of generation has.
 *
 * <p>Thread safety: safe.
 */
public final class GenerationChecks {

    private GenerationChecks() {}

    /**
     * Throws when a value makes no sense.
     *
     * @param samplers how tokens are chosen
     * @param maxTokens the limit
     * @param stops the stop strings
     */
    public static void check(List<Sampler> samplers, int maxTokens, List<String> stops) {
        if (samplers.isEmpty() || !samplers.get(samplers.size() - 1).selects()) {
            throw new IllegalArgumentException("samplers are " + samplers
                    + "; the last one must select a token, for example Sampler.greedy() or Sampler.dist(seed)");
        }
        if (maxTokens < 0) {
            throw new IllegalArgumentException("maxTokens is " + maxTokens + "; it must be 0 or more");
        }
        if (stops.contains("")) {
            throw new IllegalArgumentException("a stop string is empty; it would match everywhere");
        }
    }

    /**
     * Throws when the number of alternatives makes no sense.
     *
     * @param logProbabilities how many
     */
    public static void checkLogProbabilities(int logProbabilities) {
        if (logProbabilities < 0 || logProbabilities > StreamSettings.MOST_LOG_PROBABILITIES) {
            throw new IllegalArgumentException("logProbabilities is " + logProbabilities + "; it must be from 0 to "
                    + StreamSettings.MOST_LOG_PROBABILITIES);
        }
    }
}
