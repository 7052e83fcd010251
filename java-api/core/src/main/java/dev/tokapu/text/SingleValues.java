package dev.tokapu.text;

import dev.tokapu.sampling.ModelDefaults;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** What options set of the model's samplers, each value by itself. */
final class SingleValues {

    private SingleValues() {}

    /** The model's samplers with these values. */
    static ModelDefaults samplers(GenerationOptions options) {
        ModelDefaults.Builder samplers = ModelDefaults.builder();
        integer(options.seed, samplers::seed);
        number(options.temperature, samplers::temperature);
        integer(options.topK, samplers::topK);
        number(options.topP, samplers::topP);
        number(options.minP, samplers::minP);
        number(options.repeatPenalty, samplers::repeatPenalty);
        return samplers.build();
    }

    private static void integer(@Nullable Integer value, IntConsumer setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    private static void number(@Nullable Float value, DoubleConsumer setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    /** The names of those that are set. */
    static List<String> names(GenerationOptions options) {
        List<String> names = new ArrayList<>();
        add(names, "seed", options.seed);
        add(names, "temperature", options.temperature);
        add(names, "topK", options.topK);
        add(names, "topP", options.topP);
        add(names, "minP", options.minP);
        add(names, "repeatPenalty", options.repeatPenalty);
        return names;
    }

    private static void add(List<String> names, String name, @Nullable Object value) {
        if (value != null) {
            names.add(name);
        }
    }
}
