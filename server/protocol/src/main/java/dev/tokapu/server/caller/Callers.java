package dev.tokapu.server.caller;

import dev.tokapu.server.http.Exchange;

/**
 * Tells who calls.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Callers {

    /**
     * The caller of a request. It does not wait: it is asked by the thread that reads connections.
     *
     * @param exchange the request
     * @return the caller
     * @throws dev.tokapu.server.problem.ProblemException when it may not call
     */
    Caller of(Exchange exchange);

    /** {@return that every program of this machine may call, as localhost} */
    static Callers local() {
        return new LocalCallers();
    }
}
