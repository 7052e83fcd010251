package dev.tokapu.engine;

import dev.tokapu.engine.run.RequestEnd;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.Usage;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link EngineListener} is told of an answer, a score or an embedding that ended. Its text is not in it.
 *
 * <p>Thread safety: immutable.
 *
 * @param id the number of the request in its engine
 * @param answer which of the request's answers, from 0
 * @param operation what was asked for
 * @param tenant whom it was for
 * @param priority its priority
 * @param usage its tokens
 * @param finishReason why it ended; null when it failed, and for scores and embeddings that were computed
 * @param failure why it failed, null when it did not
 * @param timings where its time went
 * @param ended when it ended
 * @since 0.1
 */
public record FinishedRequest(
        long id,
        int answer,
        Operation operation,
        String tenant,
        int priority,
        Usage usage,
        @Nullable FinishReason finishReason,
        @Nullable Throwable failure,
        RequestTimings timings,
        Instant ended) {

    /**
     * What an engine is asked for.
     *
     * @since 0.1
     */
    public enum Operation {
        /** An answer in a conversation. */
        CHAT,

        /** A text or tokens, continued. */
        TEXT_COMPLETION,

        /** How likely a text is. */
        SCORE,

        /** The vector of a text. */
        EMBEDDINGS,

        /** The beginning of prompts, computed ahead of them. */
        PREFIX;

        /**
         * The value of {@code gen_ai.operation.name}; OpenTelemetry has none for scores and prefixes.
         *
         * @return the name in lower case
         */
        public String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * How something ended, as {@link EngineSnapshot} counts it.
     *
     * @since 0.1
     */
    public enum Outcome {
        /** By itself or at a limit. */
        COMPLETED,

        /** Cancelled, or the engine was closed. */
        CANCELLED,

        /** At its deadline. */
        EXPIRED,

        /** With a failure. */
        FAILED
    }

    /** Checks the values. */
    public FinishedRequest {
        Objects.requireNonNull(operation, "operation");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(usage, "usage");
        Objects.requireNonNull(timings, "timings");
        Objects.requireNonNull(ended, "ended");
    }

    /**
     * How it ended.
     *
     * @return the outcome
     */
    public Outcome outcome() {
        if (failure != null) {
            return Outcome.FAILED;
        }
        if (finishReason == FinishReason.CANCELLED) {
            return Outcome.CANCELLED;
        }
        return finishReason == FinishReason.DEADLINE ? Outcome.EXPIRED : Outcome.COMPLETED;
    }

    /**
     * The value of OpenTelemetry's {@code error.type}.
     *
     * @return the class of the failure, {@code cancelled} or {@code timeout}; null when it was completed
     */
    public @Nullable String errorType() {
        if (failure != null) {
            return failure.getClass().getName();
        }
        return switch (outcome()) {
            case CANCELLED -> "cancelled";
            case EXPIRED -> "timeout";
            case COMPLETED, FAILED -> null;
        };
    }

    RequestEnd event() {
        return new RequestEnd(
                id,
                answer,
                operation.tag(),
                tenant.hashCode(),
                priority,
                usage,
                outcome().name(),
                finishReason,
                timings.queue().toNanos(),
                timings.firstToken().toNanos(),
                timings.total().toNanos());
    }

    /** For people, in one line, without the tenant's name. */
    @Override
    public String toString() {
        return "FinishedRequest[" + id + "/" + answer + ", " + operation + ", "
                + (finishReason == null ? outcome() : finishReason) + ", " + usage + ", " + timings + "]";
    }
}
