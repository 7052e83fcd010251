package dev.tokapu.sampling;

/** Range checks of the samplers' values, with the bad value in the message. */
final class Checks {

    private Checks() {}

    static void atLeast(String name, int value, int min) {
        if (value < min) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be " + min + " or more");
        }
    }

    static void atLeast(String name, float value, float min) {
        finite(name, value);
        if (value < min) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be " + min + " or more");
        }
    }

    static void above(String name, float value, float bound) {
        finite(name, value);
        if (value <= bound) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be above " + bound);
        }
    }

    static void fraction(String name, float value) {
        between(name, value, 0, 1);
    }

    static void between(String name, float value, float min, float max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be from " + min + " to " + max);
        }
    }

    static void finite(String name, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be a finite number");
        }
    }

    static void notBlank(String name, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(name + " is empty");
        }
    }

    static void token(int token, int vocabSize) {
        if (token < 0 || token >= vocabSize) {
            throw new IllegalArgumentException(
                    "token " + token + " is not in the vocabulary, which has the ids 0 to " + (vocabSize - 1));
        }
    }
}
