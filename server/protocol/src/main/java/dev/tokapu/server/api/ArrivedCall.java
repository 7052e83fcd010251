package dev.tokapu.server.api;

import dev.tokapu.server.http.Exchange;
import java.time.Instant;
import java.util.Objects;

/**
 * What is known of a call when it arrives.
 *
 * <p>Thread safety: immutable.
 *
 * @param id the id of the request
 * @param time when it arrived
 * @param method the method of HTTP
 * @param path the path, as strangers send it
 * @param route the path as its API has it, with a star for what comes behind it; empty where no API has it
 * @param trace the trace that it is part of
 * @since 0.1
 */
public record ArrivedCall(String id, Instant time, String method, String path, String route, TraceContext trace) {

    static ArrivedCall of(Exchange exchange, String id, String route) {
        return new ArrivedCall(id, Instant.now(), exchange.method(), exchange.path(), route, TraceContext.of(exchange));
    }

    /** Checks the values. */
    public ArrivedCall {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(trace, "trace");
    }
}
