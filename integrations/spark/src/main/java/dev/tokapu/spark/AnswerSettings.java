package dev.tokapu.spark;

import dev.tokapu.sampling.ModelDefaults;
import dev.tokapu.text.GenerationOptions;
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
        sampler(temperature, topK, topP, seed); // what is out of range is told here and not by each row
        GenerationOptions.builder().stops(stops).build();
    }

    /** Draws the tokens of a row. */
    ModelDefaults sampler(int rowSeed) {
        return sampler(temperature, topK, topP, rowSeed);
    }

    private static ModelDefaults sampler(
            double temperature, @Nullable Integer topK, @Nullable Double topP, int rowSeed) {
        ModelDefaults.Builder sampler =
                ModelDefaults.builder().temperature(temperature).seed(rowSeed);
        if (topK != null) {
            sampler.topK(topK);
        }
        if (topP != null) {
            sampler.topP(topP);
        }
        return sampler.build();
    }
}
