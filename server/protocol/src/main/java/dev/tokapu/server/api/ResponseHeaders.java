package dev.tokapu.server.api;

import dev.tokapu.server.problem.Problem;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The headers of responses. */
final class ResponseHeaders {

    private ResponseHeaders() {}

    /** Those of every response to a call. */
    static Map<String, String> of(Call call, Api api, Service service, String type) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", type);
        headers.put("x-request-id", call.id());
        headers.put("x-content-type-options", "nosniff");
        headers.putAll(api.headers(call.id()));
        headers.putAll(call.caller().quota().headers());
        headers.putAll(service.cors().headers(call.exchange()));
        return headers;
    }

    /** Further ones of a problem. */
    static Map<String, String> of(Problem problem) {
        Map<String, String> headers = new LinkedHashMap<>();
        Duration retry = problem.retryAfter();
        if (retry != null) {
            headers.put(
                    "retry-after",
                    Long.toString(Math.max(1, retry.plusMillis(999).toSeconds())));
        }
        if (problem.kind() == Problem.Kind.UNAUTHORIZED) {
            headers.put("www-authenticate", "Bearer");
        }
        return headers;
    }
}
