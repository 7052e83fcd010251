package dev.tokapu.spring.boot;

import dev.tokapu.engine.Engine;
import dev.tokapu.engine.metrics.EngineMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Binds meters of all engine beans, including lazy ones that start after the application; the tag is the name of the bean.
 *
 * <p>Thread safety: safe.
 */
final class EngineMeters implements MeterBinder, BeanPostProcessor, AutoCloseable {

    /** Its name as a bean. */
    static final String BEAN = "tokapuEngineMeters";

    private static final String TAG = "engine";

    private final Map<String, Engine> engines = new LinkedHashMap<>();
    private final List<MeterRegistry> registries = new ArrayList<>();
    private final List<EngineMetrics> bound = new ArrayList<>();

    /** {@return whether a registry exports meters: Spring Boot has one in memory, or an empty one, where there is no other} */
    static boolean areExported(BeanFactory beans) {
        return beans.getBeanProvider(MeterRegistry.class).stream().anyMatch(EngineMeters::exports);
    }

    private static boolean exports(MeterRegistry registry) {
        return registry instanceof CompositeMeterRegistry all
                ? all.getRegistries().stream().anyMatch(EngineMeters::exports)
                : !(registry instanceof SimpleMeterRegistry);
    }

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        registries.add(registry);
        engines.forEach((name, engine) -> bind(name, engine, registry));
    }

    @Override
    public synchronized Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof Engine engine) {
            engines.put(beanName, engine);
            registries.forEach(registry -> bind(beanName, engine, registry));
        }
        return bean;
    }

    private void bind(String name, Engine engine, MeterRegistry registry) {
        EngineMetrics metrics = new EngineMetrics(engine, Tags.of(TAG, name));
        metrics.bindTo(registry);
        bound.add(metrics);
    }

    @Override
    public synchronized void close() {
        bound.forEach(EngineMetrics::close);
    }
}
