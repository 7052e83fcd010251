package dev.tokapu.quarkus;

import io.quarkus.runtime.annotations.ConfigDocMapKey;
import io.quarkus.runtime.annotations.ConfigDocSection;
import io.quarkus.runtime.annotations.ConfigGroup;
import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithDefaults;
import io.smallrye.config.WithParentName;
import java.time.Duration;
import java.util.Map;

/**
 * What is configured when the application starts, for each name of a model.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
@ConfigRoot(phase = ConfigPhase.RUN_TIME)
@ConfigMapping(prefix = "quarkus.langchain4j.tokapu")
public interface TokapuConfig {

    /** Time that answers have to come to their end when the application stops. */
    @WithDefault("20s")
    Duration shutdownTimeout();

    /** The models without a name. */
    @WithParentName
    Models defaultConfig();

    /** The models of names. */
    @ConfigDocSection
    @ConfigDocMapKey("model-name")
    @WithParentName
    @WithDefaults
    Map<String, Models> namedConfig();

    /**
     * The models of one name.
     *
     * <p>Thread safety: immutable.
     *
     * @since 0.1
     */
    @ConfigGroup
    interface Models {

        /** Whether there are models; without, nothing is loaded and every request fails. */
        @WithDefault("true")
        boolean enableIntegration();

        /** The chat model. */
        ChatModelConfig chatModel();

        /** The embedding model. */
        EmbeddingModelConfig embeddingModel();
    }
}
