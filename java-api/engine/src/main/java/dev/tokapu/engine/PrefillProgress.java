package dev.tokapu.engine;

import dev.tokapu.engine.run.TokenChannel;
import dev.tokapu.internal.util.Durations;
import java.time.Duration;
import java.util.Optional;

/**
 * How much of a prompt an engine has computed (llama-server: {@code prompt_progress}).
 *
 * <p>Thread safety: immutable.
 *
 * @param promptTokens the tokens of the prompt
 * @param cachedTokens prompt tokens found in the KV cache at admission
 * @param processedTokens prompt tokens in the KV cache now, including {@code cachedTokens}
 * @param time from admission to the latest of them
 * @since 0.1
 */
public record PrefillProgress(int promptTokens, int cachedTokens, int processedTokens, Duration time) {

    /** That of a prompt of so many tokens; empty while its request waits. */
    static Optional<PrefillProgress> of(TokenChannel channel, int promptTokens) {
        int processed = channel.prefilled();
        return channel.prefilledAt() == 0
                ? Optional.empty()
                : Optional.of(new PrefillProgress(
                        promptTokens,
                        channel.cached(),
                        processed,
                        Durations.between(channel.admittedAt(), channel.prefilledAt())));
    }
}
