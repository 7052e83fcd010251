package dev.tokapu.server.generate;

import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.GenerationOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an answer is generated: OpenAI's parameters, and llama.cpp's. Other APIs that use the same names read them here as well.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class SamplingReader {

    private static final int MOST_STOPS = 64;

    private SamplingReader() {}

    /**
     * Reads the options, without log-probabilities.
     *
     * @param body the body of a request
     * @param model the model, whose defaults go where the body says nothing
     * @param maxTokens the limit of the answer's length; null for none
     * @param stop the name that the API has for stop strings
     * @return the options
     * @throws ProblemException that names the parameter that is wrong
     */
    public static GenerationOptions read(JsonObject body, ServedModel model, @Nullable Integer maxTokens, String stop) {
        GenerationOptions usual = model.defaults().generation();
        GenerationOptions.Builder options =
                GenerationOptions.builder().samplers(SamplerReader.read(body, model.engine(), usual.samplers()));
        if (maxTokens != null) {
            options.maxTokens(maxTokens);
        }
        List<String> stops = stops(body.get(stop));
        if (!stops.isEmpty()) {
            options.stops(stops);
        }
        if (body.get("ignore_eos") != null) {
            options.ignoreEnd(body.flag("ignore_eos", false));
        }
        return usual.overriddenBy(options.build());
    }

    private static List<String> stops(@Nullable JsonValue value) {
        if (value == null) {
            return List.of();
        }
        List<String> stops = value.isText() ? List.of(value.text()) : value.texts();
        if (stops.size() > MOST_STOPS) {
            throw value.wrong("has " + stops.size() + " texts; give at most " + MOST_STOPS);
        }
        if (stops.contains("")) {
            throw value.wrong("has an empty text, which would match everywhere; leave it out");
        }
        return stops;
    }

    /** {@return the limit of the answer's length, by the names that stand for it; null for none} */
    public static @Nullable Integer maxTokens(JsonObject body, String... names) {
        Integer result = null;
        for (String name : names) {
            Integer value = body.integer(name, 1, Integer.MAX_VALUE);
            if (value != null && result != null && !value.equals(result)) {
                throw new ProblemException(Problem.parameter(
                        body.path(name), String.join(" and ", names) + " mean the same and differ; give one of them"));
            }
            result = value == null ? result : value;
        }
        return result;
    }

    /** {@return options with log-probabilities of so many tokens} */
    public static GenerationOptions withLogProbabilities(GenerationOptions options, int count) {
        return count == 0
                ? options
                : Problems.checked(
                        "top_logprobs",
                        () -> options.toBuilder().logProbabilities(count).build());
    }
}
