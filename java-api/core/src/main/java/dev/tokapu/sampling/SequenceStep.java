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

    /** By llama.cpp's name; null if there is none. */
    static @Nullable SequenceStep ofName(String name) {
        return switch (name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "")) {
            case "penalties" -> PENALTIES;
            case "dry" -> DRY;
            case "topnsigma" -> TOP_N_SIGMA;
            case "topk" -> TOP_K;
            case "typp", "typ" -> TYPICAL_P;
            case "topp", "nucleus" -> TOP_P;
            case "minp" -> MIN_P;
            case "xtc" -> XTC;
            case "temperature", "temp" -> TEMPERATURE;
            case "infill" -> INFILL;
            case "adaptivep" -> ADAPTIVE_P;
            default -> null;
        };
    }

    /** By llama.cpp's letter; null if there is none. */
    static @Nullable SequenceStep ofLetter(String letter) {
        return switch (letter) {
            case "e" -> PENALTIES;
            case "d" -> DRY;
            case "s" -> TOP_N_SIGMA;
            case "k" -> TOP_K;
            case "y" -> TYPICAL_P;
            case "p" -> TOP_P;
            case "m" -> MIN_P;
            case "x" -> XTC;
            case "t" -> TEMPERATURE;
            case "i" -> INFILL;
            case "a" -> ADAPTIVE_P;
            default -> null;
        };
    }
}
