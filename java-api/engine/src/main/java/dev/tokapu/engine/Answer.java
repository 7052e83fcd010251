package dev.tokapu.engine;

import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.Usage;
import java.util.List;

/**
 * What an {@link Engine} answered.
 *
 * <p>Thread safety: immutable.
 *
 * @param text the text
 * @param finishReason why it ended
 * @param usage the tokens
 * @param timings how long it took
 * @param logProbabilities how likely each token was; empty unless the request asks for it
 * @since 0.1
 */
public record Answer(
        String text,
        FinishReason finishReason,
        Usage usage,
        RequestTimings timings,
        List<TokenAlternatives> logProbabilities) {

    /** Copies. */
    public Answer {
        logProbabilities = List.copyOf(logProbabilities);
    }
}
