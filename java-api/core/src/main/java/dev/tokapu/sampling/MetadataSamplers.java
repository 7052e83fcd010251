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

    private static final String PENALTIES = "penalties";
    private static final int PENALTY_LAST_N = 64;
    private static final int MIROSTAT_M = 100;
    private static final float ANY = Float.MAX_VALUE;
    private static final int LONGEST_PAST = 1 << 24;
    private static final float SMALLEST_REPEAT = 1e-6f;

    private final Map<String, String> metadata;
    private final ModelDefaults wanted;
    private final int seed;
    private final float temperature;

    private MetadataSamplers(Map<String, String> metadata, ModelDefaults defaults) {
        this.metadata = metadata;
        this.wanted = defaults;
        this.seed = defaults.seed();
        Float given = defaults.temperature();
        this.temperature = given == null ? Math.max(0, number("temp", 0.8f, -ANY, ANY)) : given;
    }

    static List<Sampler> of(Map<String, String> metadata, ModelDefaults defaults) {
        return new MetadataSamplers(metadata, defaults).samplers();
    }

    private List<Sampler> samplers() {
        int mirostat = (int) number("mirostat", 0, -ANY, ANY);
        if (temperature == 0) {
            Sampler penalties = wanted.repeatPenalty() == null ? null : penalties();
            return penalties == null ? List.of(Sampler.greedy()) : List.of(penalties, Sampler.greedy());
        }
        if ((mirostat == 1 || mirostat == 2) && given().isEmpty()) {
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
        List<String> sequence = names.isEmpty() ? SEQUENCE : List.of(names.split(";", -1));
        List<String> known = sequence.stream().map(MetadataSamplers::canonical).toList();
        List<String> missing =
                given().stream().filter(name -> !known.contains(name)).toList();
        if (missing.isEmpty()) {
            return sequence;
        }
        List<String> all = new ArrayList<>(sequence);
        for (String name : missing) {
            all.add(name.equals(PENALTIES) ? 0 : temperatureAt(all), name);
        }
        return all;
    }

    private static int temperatureAt(List<String> sequence) {
        for (int i = 0; i < sequence.size(); i++) {
            if (canonical(sequence.get(i)).startsWith("temp")) {
                return i;
            }
        }
        return sequence.size();
    }

    /** What has a value that is not the file's, by name. */
    private List<String> given() {
        List<String> names = new ArrayList<>();
        if (wanted.repeatPenalty() != null) {
            names.add(PENALTIES);
        }
        if (wanted.topK() != null) {
            names.add("topk");
        }
        if (wanted.topP() != null) {
            names.add("topp");
        }
        if (wanted.minP() != null) {
            names.add("minp");
        }
        return names;
    }

    /** Null for one that is off or unknown. */
    private @Nullable Sampler sampler(String name) {
        return switch (canonical(name)) {
            case PENALTIES -> penalties();
            case "topk" -> topK();
            case "topp" -> topP();
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
        String plain = name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
        return plain.equals("nucleus") ? "topp" : plain;
    }

    private @Nullable Sampler topK() {
        Integer given = wanted.topK();
        int k = given == null ? (int) number("top_k", 40, -ANY, ANY) : given;
        return k > 0 ? Sampler.topK(k) : null;
    }

    private @Nullable Sampler topP() {
        Float given = wanted.topP();
        float p = given == null ? number("top_p", 0.95f, 0, Float.POSITIVE_INFINITY) : given;
        return p < 1 ? Sampler.topP(p) : null;
    }

    private @Nullable Sampler minP() {
        Float given = wanted.minP();
        float p = given == null ? number("min_p", 0.05f, -ANY, 1) : given;
        return p > 0 ? Sampler.minP(p) : null;
    }

    private @Nullable Sampler penalties() {
        int lastN = (int) number("penalty_last_n", PENALTY_LAST_N, -1, LONGEST_PAST);
        Float given = wanted.repeatPenalty();
        if (given != null) {
            return given == 1 ? null : Sampler.penalties(lastN == 0 ? PENALTY_LAST_N : lastN, given, 0, 0);
        }
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
