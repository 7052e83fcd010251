package dev.tokapu.steering;

/**
 * How the direction of a layer is made of the differences between what it puts out for two prompts.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum DirectionMethod {

    /** The mean of the differences. */
    MEAN,

    /**
     * The first principal component of the differences, as they are, not centred: the direction in which they are longest. It points to the positive
     * prompts. All differences are in memory: 4 bytes * tokens * width * layers.
     */
    PCA
}
