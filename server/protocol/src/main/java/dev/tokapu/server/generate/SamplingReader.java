package dev.tokapu.server.generate;

import dev.tokapu.engine.Engine;
import dev.tokapu.sampling.Dry;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.GenerationOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How an answer is generated: OpenAI's parameters, and llama.cpp's top_k, min_p, repeat_penalty, repeat_last_n, dry_* and ignore_eos. Other
 * APIs that use the same names read them here as well.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class SamplingReader {

    private static final int PENALTY_LAST_N = 64; // llama-server's
    private static final int MOST_LAST_N = 1 << 24;
    private static final int MOST_STOPS = 64;
    private static final int MOST_BREAKERS = 16; // each is compared with the whole vocabulary
    private static final double LARGEST_DRY = 1e6;

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
        GenerationOptions.Builder options = model.defaults().generation().toBuilder();
        JsonValue seed = body.get("seed");
        if (seed != null) {
            options.seed(seed(seed.integer(Long.MIN_VALUE, Long.MAX_VALUE)));
        }
        set(body.number("temperature", 0, 100), options::temperature);
        set(body.number("top_p", 0, 1), options::topP);
        set(body.number("min_p", 0, 1), options::minP);
        Integer topK = body.integer("top_k", -1, Integer.MAX_VALUE);
        if (topK != null) {
            options.topK(Math.max(0, topK));
        }
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
        List<Sampler> first = first(body, model.engine(), options);
        return first.isEmpty() ? options.build() : options.build().withSamplersFirst(first);
    }

    private static void set(@Nullable Double value, DoubleConsumer setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    /** Seeds of 64 bits as those of 32, none of which is the one that stands for chance, unless it is asked for. */
    private static int seed(long value) {
        if (value == -1) {
            return Sampler.RANDOM_SEED;
        }
        int folded = Long.hashCode(value);
        return folded == Sampler.RANDOM_SEED ? folded - 1 : folded;
    }

    /** The samplers that come before the model's. */
    private static List<Sampler> first(JsonObject body, Engine engine, GenerationOptions.Builder options) {
        List<Sampler> first = new ArrayList<>();
        JsonValue bias = body.get("logit_bias");
        if (bias != null) {
            Map<Integer, Float> biases =
                    LogitBiasReader.read(bias, engine.model().vocab());
            if (!biases.isEmpty()) {
                first.add(Sampler.logitBias(biases));
            }
        }
        Double frequency = body.number("frequency_penalty", -2, 2);
        Double presence = body.number("presence_penalty", -2, 2);
        Double repeat = body.number("repeat_penalty", 0.01, 100);
        Integer lastN = body.integer("repeat_last_n", -1, MOST_LAST_N);
        Dry dry = dry(body, engine.sequenceContextSize());
        boolean counts = (frequency != null && frequency != 0) || (presence != null && presence != 0);
        if (counts || lastN != null || (dry != null && repeat != null)) {
            if (repeat != null) {
                options.repeatPenalty(1); // it is one of the penalties, and not the default's
            }
            first.add(Sampler.penalties(
                    lastN == null ? PENALTY_LAST_N : lastN,
                    repeat == null ? 1 : repeat,
                    frequency == null ? 0 : frequency,
                    presence == null ? 0 : presence));
        } else if (repeat != null) {
            options.repeatPenalty(repeat);
        }
        if (dry != null) {
            first.add(dry); // behind the penalties, as in llama-server
        }
        return first;
    }

    /** Null where it is off. */
    private static @Nullable Dry dry(JsonObject body, int contextSize) {
        Dry usual = Sampler.dry(1);
        Double multiplier = body.number("dry_multiplier", 0, LARGEST_DRY);
        Double base = body.number("dry_base", 0, LARGEST_DRY);
        Integer allowed = body.integer("dry_allowed_length", 0, Integer.MAX_VALUE);
        Integer lastN = body.integer("dry_penalty_last_n", -1, Integer.MAX_VALUE);
        JsonValue given = body.get("dry_sequence_breakers");
        List<String> breakers = given == null ? usual.breakers() : given.texts();
        if (given != null && (breakers.isEmpty() || breakers.size() > MOST_BREAKERS)) {
            throw given.wrong("has " + breakers.size() + " texts; give 1 to " + MOST_BREAKERS);
        }
        if (multiplier == null || multiplier == 0) {
            return null;
        }
        int back = lastN == null ? usual.penaltyLastN() : lastN == -1 ? contextSize : Math.min(lastN, contextSize);
        return new Dry(
                multiplier.floatValue(),
                base == null || base < 1 ? usual.base() : base.floatValue(), // as llama-server
                allowed == null ? usual.allowedLength() : allowed,
                back,
                breakers);
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
