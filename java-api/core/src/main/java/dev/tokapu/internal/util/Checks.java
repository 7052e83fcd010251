package dev.tokapu.internal.util;

/**
 * Range checks with messages that name the option, its value and the range.
 *
 * <p>Thread safety: safe.
 */
public final class Checks {

    private Checks() {}

    /** Requires a minimum. */
    public static void atLeast(String what, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(what + " is " + value + "; it must be " + least + " or more");
        }
    }

    /** Requires a range. */
    public static void between(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " is " + value + "; it must be " + least + " to " + most);
        }
    }
}
