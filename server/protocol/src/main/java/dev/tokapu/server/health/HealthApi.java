package dev.tokapu.server.health;

import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.problem.Problem;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * What supervisors and load balancers ask, without a key: /live, whether the process answers, and /ready, whether it takes requests.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class HealthApi implements Api {

    private static final int UNAVAILABLE = 503;

    private final Service service;
    private final BooleanSupplier draining;

    /**
     * Creates it.
     *
     * @param service what it tells of
     * @param draining whether the server takes no more requests
     */
    public HealthApi(Service service, BooleanSupplier draining) {
        this.service = service;
        this.draining = draining;
    }

    @Override
    public void addTo(Routes routes) {
        routes.addOpen(this, "GET", "/live", call -> respond(call, 200, "ok"))
                .addOpen(this, "GET", "/ready", this::ready);
    }

    private void ready(Call call) {
        if (draining.getAsBoolean()) {
            respond(call, UNAVAILABLE, "draining");
        } else if (service.models().areOpen()) {
            respond(call, 200, "ok");
        } else {
            respond(call, UNAVAILABLE, "error"); // a model that is to stay is not there, or its engine has failed
        }
    }

    private static void respond(Call call, int status, String text) {
        call.respond(status, "application/json", JsonText.write(Map.of("status", text)));
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return JsonText.write(Map.of("error", problem.message()));
    }
}
