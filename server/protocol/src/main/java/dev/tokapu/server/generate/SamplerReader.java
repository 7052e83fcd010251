package dev.tokapu.server.generate;

import dev.tokapu.engine.Engine;
import dev.tokapu.sampling.Dry;
import dev.tokapu.sampling.ModelDefaults;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The chain that llama-server builds of the same request: OpenAI's and llama.cpp's parameters in place of the model's values. */
final class SamplerReader {

    private static final int MOST_LAST_N = 1 << 24;
    private static final int MOST_BREAKERS = 16; // each is compared with the whole vocabulary
    private static final long RANDOM_UNSIGNED = Integer.toUnsignedLong(Sampler.RANDOM_SEED);
    private static final double LARGEST_DRY = 1e6;
    private static final double LARGEST = 1000;
    private static final double SMALLEST = 1e-6;

    private final JsonObject body;
    private final Engine engine;
    private final ModelDefaults.Builder values;
    private @Nullable String first; // of the parameters that are given

    private SamplerReader(JsonObject body, Engine engine, ModelDefaults.Builder values) {
        this.body = body;
        this.engine = engine;
        this.values = values;
    }

    /** The samplers of a request; {@code usual}: those of its model. */
    static List<Sampler> read(JsonObject body, Engine engine, List<Sampler> usual) {
        List<Sampler> samplers = new ArrayList<>();
        JsonValue bias = body.get("logit_bias");
        Map<Integer, Float> biases = bias == null
                ? Map.of()
                : LogitBiasReader.read(bias, engine.model().vocab());
        if (!biases.isEmpty()) {
            samplers.add(Sampler.logitBias(biases));
        }
        Sampler last = usual.get(usual.size() - 1);
        boolean fixed = !(last instanceof ModelDefaults);
        ModelDefaults defaults = fixed ? Sampler.modelDefaults(Sampler.RANDOM_SEED) : (ModelDefaults) last;
        SamplerReader reader = new SamplerReader(body, engine, defaults.toBuilder());
        ModelDefaults changed = reader.values();
        if (fixed && !changed.equals(defaults)) {
            throw new ProblemException(
                    Problem.parameter(
                            body.path(Objects.requireNonNull(reader.first)),
                            "this model is served with samplers of its own; leave out seed, temperature, and what else chooses tokens"));
        }
        samplers.addAll(usual.subList(0, usual.size() - 1));
        samplers.add(fixed ? last : changed);
        return samplers;
    }

    private ModelDefaults values() {
        JsonValue seed = body.get("seed");
        if (seed != null) {
            first = "seed";
            values.seed(seed(seed.integer(Long.MIN_VALUE, Long.MAX_VALUE)));
        }
        sequence();
        number("temperature", 0, 100, values::temperature);
        number("dynatemp_range", 0, 100, values::dynamicTemperatureRange);
        number("dynatemp_exponent", 0, 100, values::dynamicTemperatureExponent);
        number("top_p", 0, 1, values::topP);
        number("min_p", 0, 1, values::minP);
        number("typical_p", 0, 1, values::typicalP);
        number("top_n_sigma", -1, LARGEST, n -> values.topNSigma(Math.max(0, n)));
        integer("top_k", -1, Integer.MAX_VALUE, k -> values.topK(Math.max(0, k)));
        integer("min_keep", 0, Integer.MAX_VALUE, values::minKeep);
        number("xtc_probability", 0, 1, values::xtcProbability);
        number("xtc_threshold", 0, 1, values::xtcThreshold);
        integer("mirostat", 0, 2, values::mirostat);
        number("mirostat_tau", SMALLEST, LARGEST, values::mirostatTau);
        number("mirostat_eta", SMALLEST, LARGEST, values::mirostatEta);
        number("adaptive_target", -1, 1, values::adaptiveTarget);
        number("adaptive_decay", 0, 0.99, values::adaptiveDecay);
        number("frequency_penalty", -2, 2, values::frequencyPenalty);
        number("presence_penalty", -2, 2, values::presencePenalty);
        number("repeat_penalty", 0.01, 100, values::repeatPenalty);
        integer("repeat_last_n", -1, MOST_LAST_N, n -> values.penaltyLastN(lookBack(n)));
        set(dry(), values::dry);
        return values.build();
    }

    private void noted(String name) {
        first = first == null ? name : first;
    }

    private void number(String name, double min, double max, DoubleConsumer setter) {
        Double value = body.number(name, min, max);
        if (value != null) {
            noted(name);
            setter.accept(value);
        }
    }

    private void integer(String name, int min, int max, IntConsumer setter) {
        Integer value = body.integer(name, min, max);
        if (value != null) {
            noted(name);
            setter.accept(value);
        }
    }

    private static <T> void set(@Nullable T value, Consumer<? super T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    /** The low 32 bits, as in llama-server; where they would mean chance, which only -1 and 4294967295 ask for, another seed. */
    private static int seed(long value) {
        int low = (int) value;
        boolean chance = value == -1 || value == RANDOM_UNSIGNED;
        return low == Sampler.RANDOM_SEED && !chance ? low - 1 : low;
    }

    /** Names, or letters in one text. */
    private void sequence() {
        JsonValue given = body.get("samplers");
        if (given == null) {
            return;
        }
        noted("samplers");
        List<String> names = given.isText()
                ? given.text().codePoints().mapToObj(Character::toString).toList()
                : given.texts();
        try {
            values.sequence(names);
        } catch (IllegalArgumentException e) {
            throw given.wrong("cannot be used: " + e.getMessage());
        }
    }

    /** No further than a sequence is long: samplers reserve memory for all of it. */
    private int lookBack(int tokens) {
        int size = engine.sequenceContextSize();
        return tokens == -1 ? size : Math.min(tokens, size);
    }

    /** Null where nothing is said of it. */
    private @Nullable Dry dry() {
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
        if (multiplier == null) {
            return null;
        }
        noted("dry_multiplier");
        return new Dry(
                multiplier.floatValue(),
                base == null || base < 1 ? usual.base() : base.floatValue(), // as llama-server
                allowed == null ? usual.allowedLength() : allowed,
                lastN == null ? usual.penaltyLastN() : lookBack(lastN),
                breakers);
    }
}
