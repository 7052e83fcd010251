package dev.tokapu.server.batches;

import dev.tokapu.server.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a batch cannot be done.
 *
 * @param line the line of its file, from 1; null for the file as a whole
 */
record LineError(
        String code,
        String message,
        @Nullable String parameter,
        @Nullable Integer line) {

    static LineError of(Problem problem, @Nullable Integer line) {
        String code = problem.code();
        return new LineError(code == null ? "invalid_request" : code, problem.message(), problem.parameter(), line);
    }

    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("code", code);
        json.put("message", message);
        json.put("param", parameter);
        json.put("line", line);
        return json;
    }
}
