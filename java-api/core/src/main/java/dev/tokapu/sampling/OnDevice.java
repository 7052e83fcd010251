package dev.tokapu.sampling;

/**
 * How much of a chain runs where the outputs of a context are computed.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum OnDevice {
    /** All of it: only the token comes back. */
    WHOLE,

    /** The first samplers; {@link SamplerChain#sample} goes on with the rest. */
    PART,

    /** None of it: sampling is as before. */
    NONE
}
