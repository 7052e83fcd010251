package dev.tokapu.server.api;

import dev.tokapu.server.problem.Problem;

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
     * Says in its own form what is wrong.
     *
     * @param problem what is wrong
     * @return the body, JSON
     */
    byte[] errorBody(Problem problem);
}
