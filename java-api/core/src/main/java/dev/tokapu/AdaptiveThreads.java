package dev.tokapu;

/**
 * Whether the number of compute threads of a context follows what its steps take: fewer threads while that is faster, because other programs
 * use the processors. Logits may depend on the number of threads, so a seed gives the same tokens at each run only where it is fixed.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public enum AdaptiveThreads {
    /**
     * In an engine that generates several answers at a time, which depend on each other anyway, unless a number of threads is set. Not in an engine
     * with one sequence, nor in a context of its own.
     */
    AUTO,

    /** The number is fixed. */
    DISABLED,

    /** The number follows, with the one that is set as the most. Without effect on a GPU. */
    ENABLED
}
