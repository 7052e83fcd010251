package dev.tokapu.sampling;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the chain that a model's metadata and {@link ModelDefaults} ask for, as llama.cpp's {@code common_init_sampler_from_model} and
 * {@code common_sampler_init} do; samplers that are off are left out.
 */
final class MetadataSamplers {

    private static final Logger LOG = LoggerFactory.getLogger(ModelDefaults.class);

    private static final String PREFIX = "general.sampling.";
    private static final int MIROSTAT_M = 100;

    /** How many candidates infill gets: it compares each with each other one, which takes hours for a whole vocabulary. */
    private static final int MOST_IN_INFILL = 256;

    private final Map<String, String> metadata;
    private final ModelDefaults wanted;
    private final int seed;
    private final float temperature;

    private MetadataSamplers(Map<String, String> metadata, ModelDefaults defaults) {
        this.metadata = metadata;
        this.wanted = defaults;
        this.seed = defaults.seed();
        this.temperature = Math.max(0, number(SamplingValue.TEMPERATURE));
    }

    static List<Sampler> of(Map<String, String> metadata, ModelDefaults defaults) {
        return new MetadataSamplers(metadata, defaults).samplers();
    }

    private List<Sampler> samplers() {
        int mirostat = (int) number(SamplingValue.MIROSTAT);
        boolean onlyTemperatureGiven =
                wanted.sequence() == null && given().stream().allMatch(step -> step == SequenceStep.TEMPERATURE);
        boolean whole = wanted.value(SamplingValue.MIROSTAT) != null || onlyTemperatureGiven;
        if ((mirostat == 1 || mirostat == 2) && whole) {
            return mirostat(mirostat);
        }
        List<Sampler> chain = new ArrayList<>();
        List<SequenceStep> sequence = sequence();
        for (SequenceStep step : sequence) {
            if (step == SequenceStep.INFILL && chain.stream().noneMatch(MetadataSamplers::leavesFew)) {
                chain.add(Sampler.topK(MOST_IN_INFILL));
            }
            Sampler sampler = sampler(step);
            if (sampler != null) {
                chain.add(sampler);
            }
        }
        float target = number(SamplingValue.ADAPTIVE_TARGET);
        boolean adaptive =
                sequence.contains(SequenceStep.ADAPTIVE_P) && target >= 0; // one that is off draws as dist does
        chain.add(adaptive ? new AdaptiveP(target, number(SamplingValue.ADAPTIVE_DECAY), seed) : Sampler.dist(seed));
        return temperature == 0 ? greedy(chain) : chain;
    }

    private List<Sampler> mirostat(int version) {
        if (temperature == 0) {
            return List.of(Sampler.greedy());
        }
        float tau = number(SamplingValue.MIROSTAT_TAU);
        float eta = number(SamplingValue.MIROSTAT_ETA);
        return List.of(
                Sampler.temperature(temperature),
                version == 1 ? new Mirostat(seed, tau, eta, MIROSTAT_M) : new MirostatV2(seed, tau, eta));
    }

    /**
     * A chain with temperature 0, whose token is the likeliest that the samplers before the temperature leave, without the samplers that keep the
     * likeliest in any case.
     */
    private static List<Sampler> greedy(List<Sampler> chain) {
        int end = chain.indexOf(Sampler.temperature(0));
        if (end < 0 || chain.subList(end, chain.size()).contains(Sampler.infill())) {
            return chain;
        }
        while (end > 0 && keepsLikeliest(chain.get(end - 1))) {
            end--;
        }
        List<Sampler> quick = new ArrayList<>(chain.subList(0, end));
        quick.add(Sampler.greedy());
        return quick;
    }

    private static boolean leavesFew(Sampler sampler) {
        return sampler instanceof TopK top && top.k() <= MOST_IN_INFILL;
    }

    private static boolean keepsLikeliest(Sampler sampler) {
        return sampler instanceof TopK
                || sampler instanceof TopP
                || sampler instanceof MinP
                || sampler instanceof TopNSigma;
    }

    private List<SequenceStep> sequence() {
        List<SequenceStep> given = wanted.sequence();
        if (given != null) {
            return given;
        }
        List<SequenceStep> all = new ArrayList<>(sequenceOfFile());
        Set<SequenceStep> missing = given();
        missing.removeAll(all);
        for (SequenceStep step : missing) {
            int at = 0;
            while (at < all.size() && all.get(at).compareTo(step) < 0) {
                at++;
            }
            all.add(at, step);
        }
        return all;
    }

    private List<SequenceStep> sequenceOfFile() {
        String names = metadata.getOrDefault(PREFIX + "sequence", "");
        if (names.isEmpty()) {
            return SequenceStep.DEFAULT;
        }
        List<SequenceStep> sequence = new ArrayList<>();
        for (String name : names.split(";", -1)) {
            SequenceStep step = SequenceStep.ofName(name);
            if (step == null) {
                LOG.warn("The model's metadata {}sequence names an unknown sampler '{}'; it is left out", PREFIX, name);
            } else {
                sequence.add(step);
            }
        }
        return sequence;
    }

    /** What has a value that is not the file's. */
    private Set<SequenceStep> given() {
        Set<SequenceStep> given = EnumSet.noneOf(SequenceStep.class);
        for (SamplingValue value : SamplingValue.values()) {
            if (wanted.value(value) != null && value.step != null) {
                given.add(value.step);
            }
        }
        if (wanted.dry() != null) {
            given.add(SequenceStep.DRY);
        }
        return given;
    }

    /** Null for one that is off, or selects. */
    private @Nullable Sampler sampler(SequenceStep step) {
        return switch (step) {
            case PENALTIES -> penalties();
            case DRY -> dry();
            case TOP_N_SIGMA ->
                isOn(SamplingValue.TOP_N_SIGMA) ? new TopNSigma(number(SamplingValue.TOP_N_SIGMA)) : null;
            case TOP_K -> isOn(SamplingValue.TOP_K) ? Sampler.topK((int) number(SamplingValue.TOP_K)) : null;
            case TYPICAL_P ->
                number(SamplingValue.TYPICAL_P) < 1 ? new TypicalP(number(SamplingValue.TYPICAL_P), minKeep()) : null;
            case TOP_P -> number(SamplingValue.TOP_P) < 1 ? new TopP(number(SamplingValue.TOP_P), minKeep()) : null;
            case MIN_P -> isOn(SamplingValue.MIN_P) ? new MinP(number(SamplingValue.MIN_P), minKeep()) : null;
            case XTC ->
                isOn(SamplingValue.XTC_PROBABILITY)
                        ? new Xtc(
                                number(SamplingValue.XTC_PROBABILITY),
                                number(SamplingValue.XTC_THRESHOLD),
                                minKeep(),
                                seed)
                        : null;
            case TEMPERATURE -> temperature();
            case INFILL -> Sampler.infill();
            case ADAPTIVE_P -> null;
        };
    }

    private boolean isOn(SamplingValue value) {
        return number(value) > 0;
    }

    private int minKeep() {
        return (int) number(SamplingValue.MIN_KEEP);
    }

    private Sampler temperature() {
        float range = number(SamplingValue.DYNAMIC_TEMPERATURE_RANGE);
        return range > 0
                ? new DynamicTemperature(temperature, range, number(SamplingValue.DYNAMIC_TEMPERATURE_EXPONENT))
                : Sampler.temperature(temperature);
    }

    private @Nullable Sampler dry() {
        Dry dry = wanted.dry();
        return dry == null || dry.multiplier() == 0 ? null : dry;
    }

    private @Nullable Sampler penalties() {
        float repeat = number(SamplingValue.REPEAT_PENALTY);
        float frequency = number(SamplingValue.FREQUENCY_PENALTY);
        float presence = number(SamplingValue.PRESENCE_PENALTY);
        int lastN = (int) number(SamplingValue.PENALTY_LAST_N);
        if (lastN == 0
                && wanted.value(SamplingValue.PENALTY_LAST_N) == null
                && given().contains(SequenceStep.PENALTIES)) {
            lastN = (int) SamplingValue.PENALTY_LAST_N.byDefault; // the file's turns off the file's penalties alone
        }
        boolean off = lastN == 0 || (repeat == 1 && frequency == 0 && presence == 0);
        return off ? null : new Penalties(lastN, repeat, frequency, presence);
    }

    /** A value of a file that is no number is ignored, as llama.cpp does it; one that no sampler takes costs that value only. */
    private float number(SamplingValue value) {
        Float given = wanted.value(value);
        if (given != null) {
            return given;
        }
        String text = value.key == null ? null : metadata.get(PREFIX + value.key);
        float read;
        try {
            read = text == null ? value.byDefault : Float.parseFloat(text.strip());
        } catch (NumberFormatException e) {
            return value.byDefault;
        }
        if (read >= value.least && read <= value.most) {
            return read;
        }
        LOG.warn("The model's metadata {}{} is {}; {} is taken in its place", PREFIX, value.key, text, value.byDefault);
        return value.byDefault;
    }
}
