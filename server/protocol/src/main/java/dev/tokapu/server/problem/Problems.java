package dev.tokapu.server.problem;

import dev.tokapu.engine.GenerationException;
import dev.tokapu.engine.RequestRejectedException;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.GrammarException;
import dev.tokapu.server.problem.Problem.Kind;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * What exceptions mean for a caller.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class Problems {

    private Problems() {}

    /**
     * Does what users' values may make fail.
     *
     * @param parameter the parameter that the value came from
     * @param action what checks the value
     * @param <T> its result
     * @return its result
     * @throws ProblemException when the value is refused
     */
    public static <T> T checked(String parameter, Supplier<T> action) {
        try {
            return action.get();
        } catch (IllegalArgumentException | GrammarException | UnsupportedOperationException e) {
            throw new ProblemException(Problem.parameter(parameter, message(e)), e);
        }
    }

    /** {@return the problem that an exception tells of} */
    public static Problem of(Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return of(failure.getCause());
        }
        if (failure instanceof ProblemException e) {
            return e.problem();
        }
        if (failure instanceof RequestRejectedException e) {
            return Problem.of(Kind.UNAVAILABLE, message(e))
                    .withCode("overloaded")
                    .withRetryAfter(e.retryAfter());
        }
        if (failure instanceof ContextOverflowException e) { // its own advice is for who writes Java
            String message = e.promptTokens() + " tokens do not fit into a context of " + e.contextSize()
                    + " tokens per sequence; shorten the text, or have it served with a larger context";
            return Problem.of(Kind.INVALID, message).withCode("context_length_exceeded");
        }
        if (failure instanceof ChatTemplateException) {
            return Problem.of(Kind.INVALID, message(failure)).withParameter("messages");
        }
        if (failure instanceof GrammarException) {
            return Problem.of(Kind.INVALID, message(failure)).withCode("invalid_grammar");
        }
        if (failure instanceof GenerationException) {
            return Problem.of(Kind.INTERNAL, "the answer could not be generated; the server's log says why");
        }
        return Problem.of(Kind.INTERNAL, "an internal error; the server's log says more under the request's id");
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }
}
