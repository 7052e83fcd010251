package dev.tokapu.spi;

/** The floating-point options of a context: indices of the second array of {@link ContextApi#defaults} ({@code tokapu_context_option_f}). */
public final class ContextOptionF {

    private ContextOptionF() {}

    /** 0 = from the model. */
    public static final int ROPE_FREQ_BASE = 0;

    /** 0 = from the model. */
    public static final int ROPE_FREQ_SCALE = 1;

    /** Negative = from the model. */
    public static final int YARN_EXT_FACTOR = 2;

    /** YaRN magnitude scaling. */
    public static final int YARN_ATTN_FACTOR = 3;

    /** YaRN low correction dimension. */
    public static final int YARN_BETA_FAST = 4;

    /** YaRN high correction dimension. */
    public static final int YARN_BETA_SLOW = 5;

    /** The number of these constants. */
    public static final int COUNT = 6;
}
