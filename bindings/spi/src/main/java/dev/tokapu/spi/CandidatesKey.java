package dev.tokapu.spi;

/** The state of candidates: indices of {@link SamplerApi#candidates} ({@code tokapu_candidates_key}). */
public final class CandidatesKey {

    private CandidatesKey() {}

    /** How many candidates there are. */
    public static final int N = 0;

    /** Index of the selected candidate, -1 for none. */
    public static final int SELECTED = 1;

    /** 1 when they are sorted by falling logit. */
    public static final int SORTED = 2;

    /** Length of the state of candidates. */
    public static final int COUNT = 3;
}
