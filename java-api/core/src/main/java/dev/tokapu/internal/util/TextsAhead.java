package dev.tokapu.internal.util;

/**
 * How many texts of one caller are in an engine at a time: enough that it never waits, few enough that its queue keeps room for others.
 *
 * <p>Thread safety: safe.
 */
public final class TextsAhead {

    private static final int STEPS = 3;

    private TextsAhead() {}

    /** {@return how many, of an engine that computes so many in a step} */
    public static int of(int maxSequences) {
        return STEPS * maxSequences;
    }
}
