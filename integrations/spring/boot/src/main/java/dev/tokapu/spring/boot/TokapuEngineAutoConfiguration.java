package dev.tokapu.spring.boot;

import dev.tokapu.engine.Engine;
import dev.tokapu.spring.ai.TokapuChatModel;
import dev.tokapu.spring.ai.TokapuEmbeddingModel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * What all {@link Engine} beans get where there is a model of Tokapu: an orderly shutdown, with Spring Boot's actuator health and meters, and with OpenTelemetry
 * spans.
 *
 * <p>Thread safety: used by the container.
 *
 * @since 0.1
 */
@AutoConfiguration(
        after = {TokapuChatAutoConfiguration.class, TokapuEmbeddingAutoConfiguration.class},
        beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration",
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
            "io.opentelemetry.instrumentation.spring.autoconfigure.OpenTelemetryAutoConfiguration"
        })
@ConditionalOnClass(Engine.class)
@Conditional(TokapuEngineAutoConfiguration.OnModel.class)
@EnableConfigurationProperties(TokapuProperties.class)
public final class TokapuEngineAutoConfiguration {

    /** The container does. */
    TokapuEngineAutoConfiguration() {}

    /** One of the two models. */
    static final class OnModel extends AnyNestedCondition {

        OnModel() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnBean(TokapuChatModel.class)
        static class Chat {}

        @ConditionalOnBean(TokapuEmbeddingModel.class)
        static class Embedding {}
    }

    @Bean
    EngineLifecycle tokapuEngineLifecycle(ConfigurableListableBeanFactory beans, TokapuProperties properties) {
        return new EngineLifecycle(engines(beans), properties.shutdownTimeout());
    }

    /** All that there are, those too that are injected by name alone; looking creates none. */
    private static Supplier<Map<String, Engine>> engines(ConfigurableListableBeanFactory beans) {
        return () -> {
            Map<String, Engine> there = new LinkedHashMap<>();
            for (String name : beans.getBeanNamesForType(Engine.class, false, false)) {
                if (beans.getSingleton(name) instanceof Engine engine) {
                    there.put(name, engine);
                }
            }
            return there;
        };
    }

    /** Health, where the application has Spring Boot's. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
    static class HealthConfiguration {

        @Bean
        @ConditionalOnClass(Health.class)
        @ConditionalOnEnabledHealthIndicator("tokapu")
        @ConditionalOnMissingBean(name = "tokapuHealthIndicator")
        TokapuHealthIndicator tokapuHealthIndicator(ConfigurableListableBeanFactory beans) {
            return new TokapuHealthIndicator(engines(beans));
        }
    }

    /** Meters, where the application has a registry. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnBean(MeterRegistry.class)
    static class MeterConfiguration {

        @Bean(name = EngineMeters.BEAN, destroyMethod = "close")
        @ConditionalOnMissingBean
        static EngineMeters tokapuEngineMeters() {
            return new EngineMeters();
        }
    }

    /** Spans, where the application has an {@link OpenTelemetry}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(OpenTelemetry.class)
    @ConditionalOnSingleCandidate(OpenTelemetry.class)
    @ConditionalOnBooleanProperty(name = "spring.ai.tokapu.telemetry.enabled", matchIfMissing = true)
    static class SpanConfiguration {

        @Bean
        static EngineSpans tokapuEngineSpans(
                ObjectProvider<OpenTelemetry> openTelemetry,
                ObjectProvider<ObservationRegistry> observations,
                BeanFactory beans) {
            return new EngineSpans(openTelemetry, observations, beans);
        }
    }
}
