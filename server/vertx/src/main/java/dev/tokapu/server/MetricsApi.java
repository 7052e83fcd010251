package dev.tokapu.server;

import dev.tokapu.engine.Engine;
import dev.tokapu.engine.metrics.EngineMetrics;
import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.CurrentCall;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.batches.BatchStatistics;
import dev.tokapu.server.batches.Batches;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.model.ModelEntry;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * /metrics, as Prometheus reads it: what engines count, and the connections; under our names, and under those of other servers. In the format of
 * OpenMetrics, which has room for them, histograms have exemplars where calls have spans.
 *
 * <p>Thread safety: safe.
 */
final class MetricsApi implements Api, AutoCloseable {

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(
            PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM, new CallExemplars());
    private final Service service;
    private final IdentityHashMap<Engine, Followed> engines = new IdentityHashMap<>();

    /** The meters of an engine, and what names calls in them. */
    private record Followed(EngineMetrics metrics, Runnable calls) {

        void close() {
            metrics.close();
            calls.run();
        }
    }

    MetricsApi(Service service, Connections connections, @Nullable Batches batches) {
        this.service = service;
        registry.config().meterFilter(new MetricBuckets());
        registry.getPrometheusRegistry().register(new MetricAliases(registry.getPrometheusRegistry()));
        service.models().onLoaded(this::follow);
        follow();
        Gauge.builder("tokapu.server.connections", connections, Connections::count)
                .description("Open connections")
                .register(registry);
        if (batches != null) {
            follow(batches);
        }
    }

    private void follow(Batches batches) {
        Gauge.builder("tokapu.server.batches", batches, all -> all.statistics().unfinished())
                .description("Batches that have not ended")
                .register(registry);
        Gauge.builder(
                        "tokapu.server.batch.requests.running",
                        batches,
                        all -> all.statistics().running())
                .description("Requests of batches that are being answered")
                .register(registry);
        count(batches, "requests", "result", "completed", BatchStatistics::completed);
        count(batches, "requests", "result", "failed", BatchStatistics::failed);
        count(batches, "tokens", "type", "prompt", BatchStatistics::promptTokens);
        count(batches, "tokens", "type", "generated", BatchStatistics::generatedTokens);
    }

    private void count(
            Batches batches, String what, String tag, String value, ToDoubleFunction<BatchStatistics> statistic) {
        FunctionCounter.builder(
                        "tokapu.server.batch." + what, batches, all -> statistic.applyAsDouble(all.statistics()))
                .description("The " + what + " of batches that were answered since the start")
                .tag(tag, value)
                .register(registry);
    }

    @Override
    public void addTo(Routes routes) {
        routes.add(this, "GET", "/metrics", this::scrape);
    }

    private void scrape(Call call) {
        follow();
        String accept = call.exchange().header("accept");
        String type = accept != null && accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
        call.respond(200, type, registry.scrape(type).getBytes(StandardCharsets.UTF_8));
    }

    /** Counts what is loaded now; each engine has the name of its model, not those of adapters. */
    private synchronized void follow() {
        IdentityHashMap<Engine, String> loaded = new IdentityHashMap<>();
        for (ModelEntry entry : service.models().all()) {
            ServedModel model = entry.loaded();
            if (model != null && entry.base() == null) {
                loaded.put(model.engine(), entry.name());
            }
        }
        engines.entrySet().removeIf(entry -> {
            boolean gone = !loaded.containsKey(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        loaded.forEach((engine, name) -> engines.computeIfAbsent(engine, key -> {
            EngineMetrics metrics = new EngineMetrics(engine, List.of(Tag.of("model", name)));
            metrics.bindTo(registry);
            return new Followed(metrics, engine.observe(new CurrentCall()));
        }));
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return JsonText.write(Map.of("error", problem.message()));
    }

    @Override
    public synchronized void close() {
        engines.values().forEach(Followed::close);
        registry.close();
    }
}
