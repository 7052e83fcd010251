package dev.tokapu.engine;

import dev.tokapu.text.GenerationOptions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RequestObserver} is shown of a request that is being submitted. Its prompt is not in it.
 *
 * <p>Thread safety: immutable.
 *
 * @param operation what is asked for
 * @param scheduling whom it is for, its priority and deadline
 * @param answers how many answers, scores or embeddings it has; a prefix is warmed on each replica
 * @param generation how answers are generated; null where none are
 * @since 0.1
 */
public record SubmittedRequest(
        FinishedRequest.Operation operation,
        SchedulingOptions scheduling,
        int answers,
        @Nullable GenerationOptions generation) {

    /** Checks the values. */
    public SubmittedRequest {
        Objects.requireNonNull(operation, "operation");
        Objects.requireNonNull(scheduling, "scheduling");
    }
}
