package dev.tokapu.server.caller;

import dev.tokapu.server.http.Exchange;
import org.jspecify.annotations.Nullable;

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

    /**
     * A caller as it is now, for requests that it has left with the server: batches.
     *
     * @param name its name
     * @param tenant its tenant
     * @return the caller; null when there is none of this name and tenant, or callers cannot be found by name
     */
    default @Nullable Caller named(String name, String tenant) {
        return null;
    }

    /** {@return that every program of this machine may call, as localhost} */
    static Callers local() {
        return new LocalCallers();
    }
}
