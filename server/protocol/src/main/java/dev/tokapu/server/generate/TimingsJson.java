package dev.tokapu.server.generate;

import dev.tokapu.text.TextStream;
import dev.tokapu.text.Timings;
import dev.tokapu.text.Usage;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long an answer took, as llama-server tells it: {@code timings}.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class TimingsJson {

    private TimingsJson() {}

    /**
     * The timings of an answer as far as it is.
     *
     * @param answer the answer
     * @return counts, milliseconds and tokens per second of the prompt and of what was generated
     */
    public static Map<String, Object> of(TextStream answer) {
        Usage usage = answer.usage();
        Timings timings = answer.timings();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cache_n", usage.cachedTokens());
        json.put("prompt_n", usage.promptTokens() - usage.cachedTokens());
        json.put("prompt_ms", timings.promptMillis());
        json.put("prompt_per_second", finite(timings.promptTokensPerSecond()));
        json.put("predicted_n", usage.generatedTokens());
        json.put("predicted_ms", timings.generationMillis());
        json.put("predicted_per_second", finite(timings.tokensPerSecond()));
        return json;
    }

    /** JSON has no number for what took no time. */
    private static double finite(double number) {
        return Double.isFinite(number) ? number : 0;
    }
}
