package dev.tokapu.quarkus.deployment;

import io.quarkus.runtime.annotations.ConfigGroup;
import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/**
 * What is configured when the application is built.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
@ConfigRoot(phase = ConfigPhase.BUILD_TIME)
@ConfigMapping(prefix = "quarkus.langchain4j.tokapu")
public interface TokapuBuildTimeConfig {

    /** Tokapu as a provider of chat models. */
    Switch chatModel();

    /** Tokapu as a provider of embedding models. */
    Switch embeddingModel();

    /** Whether the readiness check of SmallRye Health has the engines. */
    Switch health();

    /** Whether OpenTelemetry is told of the engines' requests. */
    Switch telemetry();

    /**
     * A part that can be left out.
     *
     * <p>Thread safety: immutable.
     *
     * @since 0.1
     */
    @ConfigGroup
    interface Switch {

        /** Whether it is there. */
        @WithDefault("true")
        boolean enabled();
    }
}
