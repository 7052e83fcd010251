package dev.tokapu.quarkus;

import dev.tokapu.engine.metrics.EngineMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.util.ArrayList;
import java.util.List;

/**
 * The meters of the engines, each with its name as tag.
 *
 * <p>Thread safety: used by the container.
 *
 * @since 0.1
 */
@Singleton
public final class EngineMeters {

    private static final String TAG = "engine";

    private final List<EngineMetrics> bound = new ArrayList<>();

    /** The container does. */
    EngineMeters() {}

    /** After the engines have been started. */
    void bind(
            @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE + 1) StartupEvent event,
            TokapuEngines engines,
            MeterRegistry registry) {
        engines.byName().forEach((name, engine) -> {
            EngineMetrics metrics = new EngineMetrics(engine, Tags.of(TAG, name));
            metrics.bindTo(registry);
            bound.add(metrics);
        });
    }

    @PreDestroy
    void close() {
        bound.forEach(EngineMetrics::close);
    }
}
