package dev.tokapu.device;

/**
 * How a model is divided among several devices.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum SplitMode {
    /** It is not: all of it goes to {@link Placement#mainDevice()}. */
    NONE,

    /** Each device holds some of the layers, and computes them when their turn comes. */
    LAYER,

    /** As {@link #LAYER}, but the rows of large matrices are divided among all devices, where a backend can do that. */
    ROW,

    /** Each device holds a part of every layer, and all compute at the same time. */
    TENSOR
}
