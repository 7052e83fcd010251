package dev.tokapu.server.api;

import dev.tokapu.server.model.ServedModels;
import java.time.Duration;
import java.util.Objects;

/**
 * What APIs work with.
 *
 * <p>Thread safety: safe.
 *
 * @param models the models that are served
 * @param workers the threads
 * @param keepAlive how long a stream of events is silent at most; then a comment is sent
 * @param writeTimeout how long a client may take nothing of an answer that waits for it; then the connection is cut
 * @since 0.1
 */
public record Service(ServedModels models, Workers workers, Duration keepAlive, Duration writeTimeout) {

    /** Checks the values. */
    public Service {
        Objects.requireNonNull(models, "models");
        Objects.requireNonNull(workers, "workers");
        Objects.requireNonNull(keepAlive, "keepAlive");
        Objects.requireNonNull(writeTimeout, "writeTimeout");
    }
}
