package dev.tokapu;

import java.util.List;

/**
 * What is to be fitted.
 *
 * @param layers of the model, MTP heads and the output layer included, as llama.cpp counts those of devices
 * @param hasExperts whether it is a mixture-of-experts model
 * @param context tokens of all sequences at most
 * @param minContext tokens of all sequences at least; the same as {@code context} when the size was set
 * @param contextStep what the context is a multiple of, in tokens
 * @param targets bytes that may be used of each device
 * @param hostTarget bytes that may be used of the host
 * @param placed whether layers and shares were set by hand
 */
record FitProblem(
        int layers,
        boolean hasExperts,
        int context,
        int minContext,
        int contextStep,
        List<Long> targets,
        long hostTarget,
        boolean placed) {

    private static final int CONTEXT_STEP = 256;

    /** What a context of so many KV caches is a multiple of, in tokens. */
    static int contextStep(int streams) {
        return CONTEXT_STEP * streams;
    }
}
