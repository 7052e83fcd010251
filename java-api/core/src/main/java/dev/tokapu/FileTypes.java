package dev.tokapu;

import java.util.List;

/** The names of {@code llama_ftype}. */
final class FileTypes {

    /** Set when the file did not say and llama.cpp counted tensors. */
    private static final long GUESSED = 1024;

    private static final String NONE = "unknown";

    private static final List<String> NAMES = List.of(
            "F32",
            "F16",
            "Q4_0",
            "Q4_1",
            NONE,
            NONE,
            NONE,
            "Q8_0",
            "Q5_0",
            "Q5_1",
            "Q2_K",
            "Q3_K_S",
            "Q3_K_M",
            "Q3_K_L",
            "Q4_K_S",
            "Q4_K_M",
            "Q5_K_S",
            "Q5_K_M",
            "Q6_K",
            "IQ2_XXS",
            "IQ2_XS",
            "Q2_K_S",
            "IQ3_XS",
            "IQ3_XXS",
            "IQ1_S",
            "IQ4_NL",
            "IQ3_S",
            "IQ3_M",
            "IQ2_S",
            "IQ2_M",
            "IQ4_XS",
            "IQ1_M",
            "BF16",
            NONE,
            NONE,
            NONE,
            "TQ1_0",
            "TQ2_0",
            "MXFP4_MOE",
            "NVFP4",
            "Q1_0",
            "Q2_0");

    private FileTypes() {}

    static String name(long type) {
        long index = type & ~GUESSED;
        return index >= 0 && index < NAMES.size() ? NAMES.get((int) index) : NONE;
    }
}
