package dev.tokapu.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the chain that a model's metadata asks for. Keys, defaults and names are those of llama.cpp's
 * {@code common_init_sampler_from_model} and {@code common_sampler_types_from_names}; samplers that are off are left out.
 */
final class MetadataSamplers {

    private static final Logger LOG = LoggerFactory.getLogger(ModelDefaults.class);

    private static final String PREFIX = "general.sampling.";

    /** llama.cpp's own, without those that no key can turn on. */
    private static final List<String> SEQUENCE = List.of("penalties", "top_k", "top_p", "min_p", "xtc", "temperature");

    private static final int MIROSTAT_M = 100;
    private static final float ANY = Float.MAX_VALUE;
    private static final int LONGEST_PAST = 1 << 24;
    private static final float SMALLEST_REPEAT = 1e-6f;

    private final Map<String, String> metadata;
    private final int seed;
    private final float temperature;

    private MetadataSamplers(Map<String, String> metadata, ModelDefaults defaults) {
        this.metadata = metadata;
        this.seed = defaults.seed();
        Float wanted = defaults.temperature();
        this.temperature = wanted == null ? Math.max(0, number("temp", 0.8f, -ANY, ANY)) : wanted;
    }

    static List<Sampler> of(Map<String, String> metadata, ModelDefaults defaults) {
        return new MetadataSamplers(metadata, defaults).samplers();
    }

    private List<Sampler> samplers() {
        int mirostat = (int) number("mirostat", 0, -ANY, ANY);
        if (temperature == 0) {
            return List.of(Sampler.greedy());
        }
        if (mirostat == 1 || mirostat == 2) {
            float tau = number("mirostat_tau", 5, Float.MIN_VALUE, ANY);
            float eta = number("mirostat_eta", 0.1f, Float.MIN_VALUE, ANY);
            return List.of(
                    Sampler.temperature(temperature),
                    mirostat == 1 ? new Mirostat(seed, tau, eta, MIROSTAT_M) : new MirostatV2(seed, tau, eta));
        }
        List<Sampler> chain = new ArrayList<>();
        for (String name : sequence()) {
            Sampler sampler = sampler(name);
            if (sampler != null) {
                chain.add(sampler);
            }
        }
        chain.add(Sampler.dist(seed));
        return chain;
    }

    private List<String> sequence() {
        String names = metadata.getOrDefault(PREFIX + "sequence", "");
        return names.isEmpty() ? SEQUENCE : List.of(names.split(";", -1));
    }

    /** Null for one that is off or unknown. */
    private @Nullable Sampler sampler(String name) {
        return switch (canonical(name)) {
            case "penalties" -> penalties();
            case "topk" -> topK();
            case "topp", "nucleus" -> topP();
            case "minp" -> minP();
            case "xtc" -> xtc();
            case "temperature", "temp" -> Sampler.temperature(temperature);
            case "infill" -> Sampler.infill();
            // Off, as no key sets their values. (Adaptive-p that is off draws as dist does.)
            case "dry", "topnsigma", "typp", "typ", "adaptivep" -> null;
            default -> {
                LOG.warn("The model's metadata {}sequence names an unknown sampler '{}'; it is left out", PREFIX, name);
                yield null;
            }
        };
    }

    private static String canonical(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    private @Nullable Sampler topK() {
        int k = (int) number("top_k", 40, -ANY, ANY);
        return k > 0 ? Sampler.topK(k) : null;
    }

    private @Nullable Sampler topP() {
        float p = number("top_p", 0.95f, 0, Float.POSITIVE_INFINITY);
        return p < 1 ? Sampler.topP(p) : null;
    }

    private @Nullable Sampler minP() {
        float p = number("min_p", 0.05f, -ANY, 1);
        return p > 0 ? Sampler.minP(p) : null;
    }

    private @Nullable Sampler penalties() {
        int lastN = (int) number("penalty_last_n", 64, -1, LONGEST_PAST);
        float repeat = number("penalty_repeat", 1, SMALLEST_REPEAT, ANY);
        return lastN == 0 || repeat == 1 ? null : Sampler.penalties(lastN, repeat, 0, 0);
    }

    private @Nullable Sampler xtc() {
        float probability = number("xtc_probability", 0, -ANY, 1);
        return probability > 0 ? Sampler.xtc(probability, number("xtc_threshold", 0.1f, 0, 1), seed) : null;
    }

    /** A value that is no number is ignored, as llama.cpp does it; one that no sampler takes costs that value only. */
    private float number(String key, float otherwise, float min, float max) {
        String text = metadata.get(PREFIX + key);
        float value;
        try {
            value = text == null ? otherwise : Float.parseFloat(text.strip());
        } catch (NumberFormatException e) {
            return otherwise;
        }
        if (value >= min && value <= max) {
            return value;
        }
        LOG.warn("The model's metadata {}{} is {}; {} is taken in its place", PREFIX, key, text, otherwise);
        return otherwise;
    }
}
