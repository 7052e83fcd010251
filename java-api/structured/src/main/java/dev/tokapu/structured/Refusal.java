package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JavaType;
import org.jspecify.annotations.Nullable;

/**
 * Words for what cannot be a type of answers.
 *
 * <p>Thread safety: safe.
 */
final class Refusal {

    private Refusal() {}

    /** An exception that says where, what and what to do. */
    static IllegalArgumentException of(String path, JavaType type, String why) {
        return new IllegalArgumentException(
                path + " is a " + type.toCanonical() + ", which cannot be expressed in an answer: " + why);
    }

    /** The same about something that is wrong with the place rather than the type. */
    static IllegalArgumentException of(String path, String why) {
        return of(path, why, null);
    }

    /** The same with a cause. */
    static IllegalArgumentException of(String path, String why, @Nullable Throwable cause) {
        return new IllegalArgumentException(path + " cannot be expressed in an answer: " + why, cause);
    }
}
