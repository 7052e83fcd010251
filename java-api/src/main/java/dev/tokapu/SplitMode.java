package dev.tokapu;

/**
 * How a model is divided among several devices.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum SplitMode {
    /** It is not: all of it goes to {@link Placement#mainDevice()}. */
    NONE(0),

    /** Each device holds some of the layers, and computes them when their turn comes. */
    LAYER(1),

    /** As {@link #LAYER}, but the rows of large matrices are divided among all devices, where a backend can do that. */
    ROW(2),

    /** Each device holds a part of every layer, and all compute at the same time. */
    TENSOR(3);

    private final int code;

    SplitMode(int code) {
        this.code = code;
    }

    /** Its number in the header. */
    int code() {
        return code;
    }
}
