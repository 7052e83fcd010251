package dev.tokapu.spring.boot;

import dev.tokapu.HollowModel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import org.springframework.ai.model.chat.observation.autoconfigure.ChatObservationAutoConfiguration;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Applications with all auto-configurations that Tokapu's meet. */
final class Applications {

    private Applications() {}

    /** Without properties. */
    static ApplicationContextRunner plain() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        ToolCallingAutoConfiguration.class,
                        ChatClientAutoConfiguration.class,
                        ChatObservationAutoConfiguration.class,
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        ObservationAutoConfiguration.class,
                        HealthContributorAutoConfiguration.class,
                        TokapuChatAutoConfiguration.class,
                        TokapuEmbeddingAutoConfiguration.class,
                        TokapuEngineAutoConfiguration.class));
    }

    /** With the hollow model for its chats. */
    static ApplicationContextRunner named() {
        return plain().withPropertyValues(model("chat", HollowModel.file().toString(), 2048));
    }

    @Configuration(proxyBeanMethods = false)
    static class Meters {

        @Bean
        MeterRegistry registry() {
            return new SimpleMeterRegistry();
        }
    }

    static String[] model(String kind, String location, int contextSize) {
        String engine = "spring.ai.tokapu." + kind + ".engine.";
        return new String[] {
            "spring.ai.tokapu." + kind + ".model=" + location,
            engine + "max-sequences=2",
            engine + "context-size=" + contextSize,
            engine + "threads=1"
        };
    }

    static Health health(ApplicationContext context) {
        return context.getBean("tokapuHealthIndicator", HealthIndicator.class).health();
    }
}
