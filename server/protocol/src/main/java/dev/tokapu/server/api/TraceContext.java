package dev.tokapu.server.api;

import dev.tokapu.server.http.Exchange;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The headers by which a client says of which trace its request is part, as the W3C's Trace Context defines them.
 *
 * <p>Thread safety: immutable.
 *
 * @param headers {@code traceparent} and {@code tracestate}, as far as they are there
 * @since 0.1
 */
public record TraceContext(Map<String, String> headers) {

    private static final String PARENT = "traceparent";
    private static final String STATE = "tracestate";

    /** Of a request that is part of no trace. */
    public static final TraceContext NONE = new TraceContext(Map.of());

    /** Copies the headers. */
    public TraceContext {
        headers = Map.copyOf(headers);
    }

    static TraceContext of(Exchange exchange) {
        String parent = exchange.header(PARENT);
        if (parent == null) {
            return NONE;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(PARENT, parent);
        String state = exchange.header(STATE);
        if (state != null) {
            headers.put(STATE, state);
        }
        return new TraceContext(headers);
    }
}
