package dev.tokapu.spring.boot;

import dev.tokapu.engine.Engine;
import dev.tokapu.engine.metrics.EngineMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.springframework.beans.factory.BeanFactory;

/**
 * The meters of the engines that there are when it is bound, each with the name of its bean as tag.
 *
 * <p>Thread safety: safe.
 */
final class EngineMeters implements MeterBinder, AutoCloseable {

    /** Its name as a bean. */
    static final String BEAN = "tokapuEngineMeters";

    private static final String TAG = "engine";

    private final Supplier<Map<String, Engine>> engines;
    private final List<EngineMetrics> bound = new CopyOnWriteArrayList<>();

    EngineMeters(Supplier<Map<String, Engine>> engines) {
        this.engines = engines;
    }

    /** {@return whether a registry keeps meters: Spring Boot has an empty one where there is no other} */
    static boolean areKept(BeanFactory beans) {
        return beans.getBeanProvider(MeterRegistry.class).stream()
                .anyMatch(registry -> !(registry instanceof CompositeMeterRegistry all)
                        || !all.getRegistries().isEmpty());
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        engines.get().forEach((name, engine) -> {
            EngineMetrics metrics = new EngineMetrics(engine, Tags.of(TAG, name));
            metrics.bindTo(registry);
            bound.add(metrics);
        });
    }

    @Override
    public void close() {
        bound.forEach(EngineMetrics::close);
    }
}
