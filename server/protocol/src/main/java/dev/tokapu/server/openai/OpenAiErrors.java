package dev.tokapu.server.openai;

import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Problems as OpenAI's APIs tell of them.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class OpenAiErrors {

    private OpenAiErrors() {}

    /**
     * An error as the body of a response.
     *
     * @param problem what is wrong
     * @return the body, JSON
     */
    public static byte[] body(Problem problem) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("message", problem.message());
        error.put("type", type(problem.kind()));
        error.put("param", problem.parameter());
        error.put("code", problem.code());
        return JsonText.write(Map.of("error", error));
    }

    private static String type(Problem.Kind kind) {
        return switch (kind) {
            case UNAUTHORIZED -> "authentication_error";
            case FORBIDDEN -> "permission_error";
            case LIMIT -> "rate_limit_error";
            case INTERNAL, UNSUPPORTED, UNAVAILABLE -> "server_error";
            default -> "invalid_request_error";
        };
    }
}
