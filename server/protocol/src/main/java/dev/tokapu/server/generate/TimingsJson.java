package dev.tokapu.server.generate;

import dev.tokapu.engine.PrefillProgress;
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

    /**
     * The timings of an answer of which there is nothing yet.
     *
     * @param progress how much of its prompt is computed
     * @return the same members
     */
    public static Map<String, Object> of(PrefillProgress progress) {
        int computed = progress.processedTokens() - progress.cachedTokens();
        double millis = progress.time().toNanos() / 1e6;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cache_n", progress.cachedTokens());
        json.put("prompt_n", computed);
        json.put("prompt_ms", millis);
        json.put("prompt_per_second", finite(1000 * computed / millis));
        json.put("predicted_n", 0);
        json.put("predicted_ms", 0.0);
        json.put("predicted_per_second", 0.0);
        return json;
    }

    /**
     * How much of a prompt is computed.
     *
     * @param progress how much
     * @return llama-server's {@code prompt_progress}
     */
    public static Map<String, Object> progress(PrefillProgress progress) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("total", progress.promptTokens());
        json.put("cache", progress.cachedTokens());
        json.put("processed", progress.processedTokens());
        json.put("time_ms", progress.time().toMillis());
        return json;
    }

    /** JSON has no number for what took no time. */
    private static double finite(double number) {
        return Double.isFinite(number) ? number : 0;
    }
}
