package dev.tokapu.server.anthropic;

import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;

/** Problems as Anthropic tells of them. */
final class AnthropicErrors {

    private AnthropicErrors() {}

    static byte[] body(Problem problem) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("type", type(problem.kind()));
        error.put("message", message(problem));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "error");
        json.put("error", error);
        return JsonText.write(json);
    }

    /** There is no other place for the parameter. */
    private static String message(Problem problem) {
        String parameter = problem.parameter();
        return parameter == null || problem.message().contains(parameter)
                ? problem.message()
                : parameter + ": " + problem.message();
    }

    private static String type(Problem.Kind kind) {
        return switch (kind) {
            case INVALID, METHOD, MEDIA_TYPE -> "invalid_request_error";
            case UNAUTHORIZED -> "authentication_error";
            case FORBIDDEN -> "permission_error";
            case NOT_FOUND -> "not_found_error";
            case TOO_LARGE -> "request_too_large";
            case LIMIT -> "rate_limit_error";
            case INTERNAL, UNSUPPORTED -> "api_error";
            case UNAVAILABLE -> "overloaded_error";
        };
    }
}
