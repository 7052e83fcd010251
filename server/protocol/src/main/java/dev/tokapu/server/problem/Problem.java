package dev.tokapu.server.problem;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a call.
 *
 * <p>Thread safety: immutable.
 *
 * @param kind which kind of problem
 * @param message what is wrong, with which value, and what to do
 * @param parameter the parameter that is wrong, with its path: {@code messages[0].content}; null when it is none
 * @param code a name for programs, for example {@code model_not_found}; null for none
 * @param retryAfter when to try again; null when that is not known
 * @since 0.1
 */
public record Problem(
        Kind kind,
        String message,
        @Nullable String parameter,
        @Nullable String code,
        @Nullable Duration retryAfter) {

    private static final int MOST_SHOWN = 100;

    /**
     * The kinds of problems.
     *
     * <p>Thread safety: immutable.
     *
     * @since 0.1
     */
    public enum Kind {
        /** The request is not as it should be. */
        INVALID(400),
        /** There is no key, or one that nobody has. */
        UNAUTHORIZED(401),
        /** The key does not allow it. */
        FORBIDDEN(403),
        /** There is no such path or model. */
        NOT_FOUND(404),
        /** The path is there, the method is not. */
        METHOD(405),
        /** The body is too long. */
        TOO_LARGE(413),
        /** The body is in a form that is not read. */
        MEDIA_TYPE(415),
        /** The caller has asked for more than its share. */
        LIMIT(429),
        /** It went wrong here. */
        INTERNAL(500),
        /** It could be, but is not there. */
        UNSUPPORTED(501),
        /** There is no room now, or the server is closing. */
        UNAVAILABLE(503);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        /** {@return the status code of HTTP} */
        public int status() {
            return status;
        }
    }

    /** Checks the values. */
    public Problem {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(message, "message");
    }

    /** {@return a problem of which there is no more to tell} */
    public static Problem of(Kind kind, String message) {
        return new Problem(kind, message, null, null, null);
    }

    /** {@return that a parameter is wrong} */
    public static Problem parameter(String parameter, String message) {
        return new Problem(Kind.INVALID, message, parameter, null, null);
    }

    /** {@return the same with a name for programs} */
    public Problem withCode(String value) {
        return new Problem(kind, message, parameter, value, retryAfter);
    }

    /** {@return the same with the parameter that is wrong} */
    public Problem withParameter(String value) {
        return new Problem(kind, message, value, code, retryAfter);
    }

    /** {@return the same with when to try again} */
    public Problem withRetryAfter(Duration value) {
        return new Problem(kind, message, parameter, code, value);
    }

    /** {@return a text that a caller has sent, for a message: its beginning if it is long} */
    public static String shown(String text) {
        return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
    }
}
