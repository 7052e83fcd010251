package dev.tokapu.server.api;

import dev.tokapu.server.problem.Problem;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the headers of a response say of a problem. */
final class ErrorHeaders {

    private ErrorHeaders() {}

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
