package dev.tokapu.spring.ai;

import dev.tokapu.engine.GenerationException;
import dev.tokapu.engine.RequestRejectedException;
import dev.tokapu.exception.TokapuException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;

/** What went wrong, as Spring AI's exceptions where those tell more: a policy that tries again does so where that can help. */
final class Failures {

    private Failures() {}

    /** {@return what a call gives; what it throws is what {@link #mapped(Throwable)} makes of it} */
    static <T> T mapped(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw mapped(e);
        }
    }

    /**
     * {@return the exception for callers: of Tokapu's, of time limits, interrupts and errors one of Spring AI's, whose cause it is; others are told
     * as they are}
     */
    static RuntimeException mapped(Throwable failure) {
        Throwable cause = failure.getCause();
        if (cause != null && (failure instanceof CompletionException || failure instanceof ExecutionException)) {
            return mapped(cause);
        }
        String message =
                failure.getMessage() == null || failure instanceof Error ? failure.toString() : failure.getMessage();
        if (failure instanceof RequestRejectedException
                || failure instanceof TimeoutException
                || failure instanceof GenerationException) {
            return new TransientAiException(message, failure);
        }
        if (failure instanceof TokapuException || failure instanceof CancellationException) {
            return new NonTransientAiException(message, failure);
        }
        return failure instanceof RuntimeException other ? other : new NonTransientAiException(message, failure);
    }
}
