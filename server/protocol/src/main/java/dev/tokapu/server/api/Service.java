package dev.tokapu.server.api;

import dev.tokapu.server.model.ServedModels;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What APIs work with.
 *
 * <p>Thread safety: safe.
 *
 * @param models the models that are served
 * @param workers the threads
 * @param keepAlive how long a stream of events is silent at most; then a comment is sent
 * @param writeTimeout how long a client may take nothing of an answer that waits for it; then the connection is cut
 * @param streamInterval an event of a streamed answer has so many tokens, but for the first and the last one
 * @param cors pages of which other origins may call
 * @param observer is shown calls
 * @since 0.1
 */
public record Service(
        ServedModels models,
        Workers workers,
        Duration keepAlive,
        Duration writeTimeout,
        int streamInterval,
        Cors cors,
        CallObserver observer) {

    private static final Logger ACCESS = LoggerFactory.getLogger("dev.tokapu.server.access");

    /** Checks the values. */
    public Service {
        Objects.requireNonNull(models, "models");
        Objects.requireNonNull(workers, "workers");
        Objects.requireNonNull(keepAlive, "keepAlive");
        Objects.requireNonNull(writeTimeout, "writeTimeout");
        if (streamInterval < 1) {
            throw new IllegalArgumentException("streamInterval is " + streamInterval + "; it must be 1 or more");
        }
        Objects.requireNonNull(cors, "cors");
        observer = new GuardedCallObserver(Objects.requireNonNull(observer, "observer"));
    }

    /** An event for each token, without pages of other origins, and with a log of SLF4J. */
    public Service(ServedModels models, Workers workers, Duration keepAlive, Duration writeTimeout) {
        this(models, workers, keepAlive, writeTimeout, 1, Cors.NONE, Service::access);
    }

    /** Writes a line to the logger {@code dev.tokapu.server.access}. */
    public static void access(FinishedCall call) {
        if (ACCESS.isInfoEnabled()) {
            ACCESS.info("{}", call.text());
        }
    }
}
