package dev.tokapu.spark;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How prompts are answered. */
record AnswerSettings(
        String system,
        boolean completion,
        int maxTokens,
        double temperature,
        @Nullable Integer topK,
        @Nullable Double topP,
        int seed,
        List<String> stops,
        @Nullable Duration deadline,
        @Nullable Boolean thinking)
        implements Serializable {

    AnswerSettings {
        stops = List.copyOf(stops);
        EngineSettings.between("maxTokens", maxTokens, 1, Integer.MAX_VALUE);
        if (!(temperature >= 0)) {
            throw new IllegalArgumentException("temperature is " + temperature + "; it must be 0 or more");
        }
        if (deadline != null && (deadline.isNegative() || deadline.isZero())) {
            throw new IllegalArgumentException("deadline is " + deadline + "; it must be longer than 0");
        }
    }
}
