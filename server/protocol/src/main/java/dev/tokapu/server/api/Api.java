package dev.tokapu.server.api;

import dev.tokapu.server.problem.Problem;
import java.util.Map;

/**
 * One API: its routes, and how it tells of problems.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public interface Api {

    /**
     * Adds its routes.
     *
     * @param routes what takes them
     */
    void addTo(Routes routes);

    /**
     * Tells which paths are its own, so that it says that there is nothing.
     *
     * @param path a path without a route
     * @return whether it is among its own
     */
    default boolean owns(String path) {
        return false;
    }

    /**
     * Says in its own form what is wrong.
     *
     * @param problem what is wrong
     * @return the body, JSON
     */
    byte[] errorBody(Problem problem);

    /**
     * Says in its own form, within a stream of events, what is wrong.
     *
     * @param problem what is wrong
     * @param events the stream, which ends after it
     */
    default void tell(Problem problem, EventStream events) {
        events.data(errorBody(problem));
    }

    /**
     * Further headers of its responses.
     *
     * @param requestId the id of the request
     * @return name to value
     */
    default Map<String, String> headers(String requestId) {
        return Map.of();
    }
}
