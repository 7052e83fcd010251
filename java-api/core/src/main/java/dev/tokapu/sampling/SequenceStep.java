package dev.tokapu.sampling;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A place in a sequence of samplers. */
enum SequenceStep {
    PENALTIES,
    DRY,
    TOP_N_SIGMA,
    TOP_K,
    TYPICAL_P,
    TOP_P,
    MIN_P,
    XTC,
    TEMPERATURE,
    INFILL,
    ADAPTIVE_P;

    /** llama.cpp's own sequence. */
    static final List<SequenceStep> DEFAULT =
            List.of(PENALTIES, DRY, TOP_N_SIGMA, TOP_K, TYPICAL_P, TOP_P, MIN_P, XTC, TEMPERATURE);

    /** By llama.cpp's name or letter; null if there is none. */
    static @Nullable SequenceStep of(String name) {
        return switch (name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "")) {
            case "penalties", "e" -> PENALTIES;
            case "dry", "d" -> DRY;
            case "topnsigma", "s" -> TOP_N_SIGMA;
            case "topk", "k" -> TOP_K;
            case "typp", "typ", "y" -> TYPICAL_P;
            case "topp", "nucleus", "p" -> TOP_P;
            case "minp", "m" -> MIN_P;
            case "xtc", "x" -> XTC;
            case "temperature", "temp", "t" -> TEMPERATURE;
            case "infill", "i" -> INFILL;
            case "adaptivep", "a" -> ADAPTIVE_P;
            default -> null;
        };
    }
}
