package dev.tokapu.server.flight;

import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.caller.Right;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * /tokapu/jfr: a recording of Flight Recorder of this process, one at a time, for callers that may administer the server.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class FlightApi implements Api {

    private static final String PATH = "/tokapu/jfr";
    private static final int DEFAULT_SECONDS = 30;
    private static final int MOST_SECONDS = 600;

    private final Service service;
    private final AtomicReference<@Nullable Flight> running = new AtomicReference<>();

    /**
     * Creates it.
     *
     * @param service what it works with
     */
    public FlightApi(Service service) {
        this.service = service;
    }

    @Override
    public void addTo(Routes routes) {
        routes.add(this, "POST", PATH, this::record).add(this, "DELETE", PATH, this::stop);
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return JsonText.write(Map.of("error", problem.message()));
    }

    private void record(Call call) {
        refuseOthers(call);
        Duration length = Duration.ofSeconds(DEFAULT_SECONDS);
        String settings = "default";
        if (call.exchange().body().length > 0) {
            JsonObject body = call.json();
            Integer seconds = body.integer("seconds", 1, MOST_SECONDS);
            JsonValue named = body.get("settings");
            body.rejectUnknown(Set.of());
            length = seconds == null ? length : Duration.ofSeconds(seconds);
            settings = named == null ? settings : named.oneOf("default", "profile");
        }
        Flight flight = new Flight(call, service, () -> running.set(null));
        if (!running.compareAndSet(null, flight)) {
            throw new ProblemException(
                    Problem.of(Kind.UNAVAILABLE, "a flight recording runs already; end it with DELETE " + PATH)
                            .withCode("already_recording"));
        }
        flight.start(settings, length);
    }

    private void stop(Call call) {
        refuseOthers(call);
        Flight flight = running.get();
        if (flight == null) {
            throw new ProblemException(
                    Problem.of(Kind.NOT_FOUND, "no flight recording runs; POST " + PATH + " begins one"));
        }
        flight.finish();
        call.respond(Map.of("stopped", true));
    }

    private static void refuseOthers(Call call) {
        if (!call.caller().may(Right.ADMIN)) {
            throw new ProblemException(Problem.of(
                            Kind.FORBIDDEN,
                            "flight recordings need a key with the right 'admin', which its line in the key file gives it")
                    .withCode("admin_required"));
        }
    }
}
