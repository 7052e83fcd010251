package dev.tokapu.server.llamacpp;

import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What llama-server has beside OpenAI's API: /health.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class LlamaCppApi implements Api {

    private final Service service;

    /**
     * Creates it.
     *
     * @param service what it works with
     */
    public LlamaCppApi(Service service) {
        this.service = service;
    }

    @Override
    public void addTo(Routes routes) {
        routes.addOpen(this, "GET", "/health", this::health).addOpen(this, "GET", "/v1/health", this::health);
    }

    @Override
    public byte[] errorBody(Problem problem) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("code", problem.kind().status());
        error.put("message", problem.message());
        error.put("type", type(problem.kind()));
        return JsonText.write(Map.of("error", error));
    }

    private static String type(Problem.Kind kind) {
        return switch (kind) {
            case UNAUTHORIZED -> "authentication_error";
            case FORBIDDEN -> "permission_error";
            case NOT_FOUND -> "not_found_error";
            case INTERNAL -> "server_error";
            case UNSUPPORTED -> "not_supported_error";
            case LIMIT, UNAVAILABLE -> "unavailable_error";
            default -> "invalid_request_error";
        };
    }

    private void health(Call call) {
        boolean open =
                service.models().all().stream().allMatch(model -> model.engine().isOpen());
        call.respond(open ? 200 : 503, "application/json", JsonText.write(Map.of("status", open ? "ok" : "error")));
    }
}
