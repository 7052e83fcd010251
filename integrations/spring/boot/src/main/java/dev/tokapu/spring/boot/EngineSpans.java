package dev.tokapu.spring.boot;

import dev.tokapu.engine.Engine;
import dev.tokapu.engine.telemetry.EngineTelemetry;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.util.function.BooleanSupplier;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.util.ClassUtils;

/**
 * Has the requests of each engine seen by OpenTelemetry, from the creation of the bean to the end of the engine. Metrics are those of {@link EngineMeters} where
 * a registry exports them.
 *
 * <p>Thread safety: safe.
 */
final class EngineSpans implements BeanPostProcessor {

    private static final AttributeKey<String> ENGINE = AttributeKey.stringKey("engine"); // as the tag of meters
    private static final boolean TRACING = ClassUtils.isPresent(
            "io.micrometer.tracing.handler.TracingObservationHandler", EngineSpans.class.getClassLoader());

    private final ObjectProvider<OpenTelemetry> openTelemetry;
    private final ObjectProvider<ObservationRegistry> observations;
    private final BeanFactory beans;

    /** Beans are asked for when there is an engine: this is made before all others. */
    EngineSpans(
            ObjectProvider<OpenTelemetry> openTelemetry,
            ObjectProvider<ObservationRegistry> observations,
            BeanFactory beans) {
        this.openTelemetry = openTelemetry;
        this.observations = observations;
        this.beans = beans;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof Engine engine) {
            OpenTelemetry there = openTelemetry.getObject();
            EngineTelemetry.start(
                    engine,
                    metersAreExported() ? EngineTelemetry.spansOf(there) : there,
                    Attributes.of(ENGINE, beanName),
                    described());
        }
        return bean;
    }

    /** Without Micrometer there is no such bean, and its class cannot be loaded. */
    private boolean metersAreExported() {
        return beans.containsBean(EngineMeters.BEAN) && EngineMeters.areExported(beans);
    }

    private BooleanSupplier described() {
        ObservationRegistry registry = observations.getIfUnique(() -> ObservationRegistry.NOOP);
        return TRACING ? () -> ObservedCall.isCurrentSpan(registry) : () -> false;
    }
}
