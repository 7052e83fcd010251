package dev.tokapu.server;

import dev.tokapu.engine.metrics.EngineMetrics;
import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.problem.Problem;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * /metrics, as Prometheus reads it: what engines count, and the connections.
 *
 * <p>Thread safety: safe.
 */
final class MetricsApi implements Api, AutoCloseable {

    private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<EngineMetrics> engines = new ArrayList<>();

    MetricsApi(Service service, Connections connections) {
        service.models().all().forEach(model -> {
            EngineMetrics metrics = new EngineMetrics(model.engine(), List.of(Tag.of("model", model.name())));
            metrics.bindTo(registry);
            engines.add(metrics);
        });
        Gauge.builder("tokapu.server.connections", connections, Connections::count)
                .description("Open connections")
                .register(registry);
    }

    @Override
    public void addTo(Routes routes) {
        routes.add(this, "GET", "/metrics", this::scrape);
    }

    private void scrape(Call call) {
        call.respond(200, TYPE, registry.scrape().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return JsonText.write(Map.of("error", problem.message()));
    }

    @Override
    public void close() {
        engines.forEach(EngineMetrics::close);
        registry.close();
    }
}
