package dev.tokapu.spark;

import dev.tokapu.engine.Engine;
import dev.tokapu.engine.GenerationException;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.GrammarException;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.exception.TokenizationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Failures that are a row's own, and others, which end the task: Spark tries it again, on another executor perhaps. */
final class Failures {

    private Failures() {}

    /**
     * {@return what a column says of a failure}
     *
     * @throws RuntimeException the failure, when it is not the row's own
     */
    static RowResult ofRow(Throwable failure, Engine engine) {
        Throwable cause = failure.getCause();
        if (cause != null && (failure instanceof CompletionException || failure instanceof ExecutionException)) {
            return ofRow(cause, engine);
        }
        RowErrorKind kind = kind(failure);
        if (kind != null && !hasError(failure) && engine.isOpen()) {
            return RowResult.failed(kind, failure.getMessage() == null ? failure.toString() : failure.getMessage());
        }
        if (failure instanceof Error error) {
            throw error;
        }
        throw failure instanceof RuntimeException known
                ? known
                : new TokapuException("a row could not be computed: " + failure.getMessage(), failure);
    }

    private static @Nullable RowErrorKind kind(Throwable failure) {
        if (failure instanceof ContextOverflowException) {
            return RowErrorKind.PROMPT_TOO_LONG;
        }
        if (failure instanceof TimeoutException) {
            return RowErrorKind.DEADLINE;
        }
        if (failure instanceof IllegalArgumentException
                || failure instanceof ChatTemplateException
                || failure instanceof TokenizationException) {
            return RowErrorKind.INVALID_PROMPT;
        }
        if (failure instanceof GrammarException) {
            return RowErrorKind.INVALID_SCHEMA;
        }
        return failure instanceof GenerationException ? RowErrorKind.FAILED : null;
    }

    /** Whether the JVM itself is in trouble, for example out of memory. */
    private static boolean hasError(Throwable failure) {
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (one instanceof Error) {
                return true;
            }
        }
        return false;
    }
}
