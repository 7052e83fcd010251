package dev.tokapu.server.generate;

import dev.tokapu.engine.Generation;
import dev.tokapu.engine.PrefillProgress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What of a prompt's progress is told and what is not.
 *
 * <p>Thread safety: confined to the pump of the answers.
 */
final class PrefillReport {

    private final Generation generation;
    private int told = -1;

    PrefillReport(Generation generation) {
        this.generation = generation;
    }

    /** What is new, null for nothing. It begins with what was cached, however late it is asked. */
    @Nullable
    PrefillProgress next() {
        PrefillProgress now = generation.prefillProgress().orElse(null);
        if (now == null || now.processedTokens() <= told) {
            return null;
        }
        boolean first = told < 0;
        told = first ? now.cachedTokens() : now.processedTokens();
        return first
                ? new PrefillProgress(now.promptTokens(), now.cachedTokens(), now.cachedTokens(), Duration.ZERO)
                : now;
    }
}
