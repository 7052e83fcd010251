package dev.tokapu.internal.util;

import java.time.Duration;

/**
 * Range checks with messages that name the option, its value and the range.
 *
 * <p>Thread safety: safe.
 */
public final class Checks {

    private Checks() {}

    private static IllegalArgumentException refused(String what, Object value, String rule) {
        return new IllegalArgumentException(what + " is " + value + "; it must be " + rule);
    }

    /** Requires a minimum. */
    public static void atLeast(String what, long value, long least) {
        if (value < least) {
            throw refused(what, value, least + " or more");
        }
    }

    /** Requires a minimum. */
    public static void atLeast(String what, float value, float least) {
        finite(what, value);
        if (value < least) {
            throw refused(what, value, (least == (int) least ? String.valueOf((int) least) : least) + " or more");
        }
    }

    /** Requires more than a bound. */
    public static void above(String what, float value, int bound) {
        finite(what, value);
        if (value <= bound) {
            throw refused(what, value, "above " + bound);
        }
    }

    /** Requires a range. */
    public static void between(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw refused(what, value, "from " + least + " to " + most);
        }
    }

    /** Requires a range. */
    public static void between(String what, float value, float least, float most) {
        if (!(value >= least && value <= most)) {
            throw refused(what, value, "from " + least + " to " + most);
        }
    }

    /** Requires a penalty for repetitions, which divides and multiplies. */
    public static void repeatPenalty(String what, float value) {
        above(what, value, 0);
        if (!Float.isFinite(1 / value)) {
            throw new IllegalArgumentException(what + " is " + value + ", so small that 1 / " + what + " is infinite");
        }
    }

    /** Requires 0 to 1. */
    public static void fraction(String what, float value) {
        between(what, value, 0, 1);
    }

    /** Requires a number that is neither infinite nor none. */
    public static void finite(String what, float value) {
        if (!Float.isFinite(value)) {
            throw refused(what, value, "a finite number");
        }
    }

    /** Requires a duration that takes some time. */
    public static void positive(String what, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw refused(what, value, "longer than nothing");
        }
    }

    /** Requires a token of the vocabulary. */
    public static void token(int token, int vocabSize) {
        if (token < 0 || token >= vocabSize) {
            throw new IllegalArgumentException(
                    "token " + token + " is not in the vocabulary, which has the ids 0 to " + (vocabSize - 1));
        }
    }

    /** Requires a text. */
    public static void notBlank(String what, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(what + " is empty");
        }
    }
}
