package dev.tokapu.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.tokapu.engine.RequestRejectedException;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.GrammarException;
import dev.tokapu.exception.LoraAdapterException;
import dev.tokapu.exception.TokapuException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What went wrong, as LangChain4j's exceptions: a policy that tries again does so where that can help. */
final class Failures {

    private Failures() {}

    /** {@return what a call gives; what it throws is one of LangChain4j's exceptions} */
    static <T> T mapped(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw mapped(e);
        }
    }

    /** {@return the exception that LangChain4j has for a failure, whose cause it is} */
    static RuntimeException mapped(Throwable failure) {
        if (failure instanceof LangChain4jException own) {
            return own;
        }
        Throwable cause = failure.getCause();
        if (cause != null && (failure instanceof CompletionException || failure instanceof ExecutionException)) {
            return mapped(cause);
        }
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        if (failure instanceof RequestRejectedException) {
            return new RateLimitException(message, failure);
        }
        if (failure instanceof RejectedExecutionException) {
            return new RateLimitException(
                    "the executor of streamed answers takes no task: " + message + "; set another, or try again",
                    failure);
        }
        if (failure instanceof java.util.concurrent.TimeoutException) {
            return new TimeoutException(message, failure);
        }
        if (failure instanceof ContextOverflowException
                || failure instanceof ChatTemplateException
                || failure instanceof GrammarException
                || failure instanceof LoraAdapterException
                || failure instanceof IllegalArgumentException) {
            return new InvalidRequestException(message, failure);
        }
        if (failure instanceof UnsupportedOperationException) {
            return unsupported(message, failure);
        }
        if (failure instanceof TokapuException) {
            return new InternalServerException(message, failure);
        }
        if (failure instanceof IllegalStateException || failure instanceof CancellationException) {
            return new NonRetriableException(message, failure);
        }
        return failure instanceof RuntimeException other ? other : new InternalServerException(message, failure);
    }

    /** {@return what an interrupt of the thread that waits for an answer is} */
    static LangChain4jException interrupted(@Nullable Throwable cause) {
        return new LangChain4jException("the thread was interrupted, and the answer was cancelled", cause);
    }

    private static UnsupportedFeatureException unsupported(String message, @Nullable Throwable cause) {
        UnsupportedFeatureException exception = new UnsupportedFeatureException(message);
        exception.initCause(cause);
        return exception;
    }
}
