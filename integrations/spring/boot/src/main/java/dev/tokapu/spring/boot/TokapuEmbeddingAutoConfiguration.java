package dev.tokapu.spring.boot;

import dev.tokapu.Model;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.engine.Engine;
import dev.tokapu.spring.ai.TokapuEmbeddingModel;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationConvention;
import org.springframework.ai.model.SpringAIModelProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;

/**
 * An embedding model, where {@code spring.ai.tokapu.embedding.model} is set or the application has an {@link Embedder}, and unless
 * {@code spring.ai.model.embedding} names another provider. Its engine is injected only where its name is asked for.
 *
 * <p>Thread safety: used by the container.
 *
 * @since 0.1
 */
@AutoConfiguration(after = TokapuChatAutoConfiguration.class)
@ConditionalOnClass(TokapuEmbeddingModel.class)
@ConditionalOnProperty(name = SpringAIModelProperties.EMBEDDING_MODEL, havingValue = "tokapu", matchIfMissing = true)
@EnableConfigurationProperties(TokapuEmbeddingProperties.class)
public final class TokapuEmbeddingAutoConfiguration {

    static final String MODEL = "tokapuEmbeddingFile";
    static final String ENGINE = "tokapuEmbeddingEngine";
    static final String EMBEDDER = "tokapuEmbedder";

    /** The container does. */
    TokapuEmbeddingAutoConfiguration() {}

    /** What computes, from the properties; nested classes come before the beans of this one. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean({Embedder.class, TokapuEmbeddingModel.class})
    @ConditionalOnProperty("spring.ai.tokapu.embedding.model")
    static class Computation {

        @Bean(name = MODEL, defaultCandidate = false, destroyMethod = "close")
        @Fallback
        Model model(TokapuEmbeddingProperties properties) {
            return Engines.load(properties.model(), properties.engine());
        }

        @Bean(name = ENGINE, defaultCandidate = false, destroyMethod = "close")
        @Fallback
        Engine engine(@Qualifier(MODEL) Model model, TokapuEmbeddingProperties properties) {
            return Engines.start(model, properties.engine(), context -> {
                context.embeddings(true);
                if (properties.pooling() != null) {
                    context.pooling(properties.pooling());
                }
            });
        }

        @Bean(name = EMBEDDER)
        Embedder embedder(@Qualifier(ENGINE) Engine engine, TokapuEmbeddingProperties properties) {
            return Embedder.of(engine, properties.toOptions());
        }
    }

    @Bean
    @ConditionalOnBean(Embedder.class)
    @ConditionalOnMissingBean
    TokapuEmbeddingModel tokapuEmbeddingModel(
            Embedder embedder,
            ObjectProvider<ObservationRegistry> observations,
            ObjectProvider<EmbeddingModelObservationConvention> convention) {
        TokapuEmbeddingModel model = TokapuEmbeddingModel.builder()
                .embedder(embedder)
                .observationRegistry(observations.getIfUnique(() -> ObservationRegistry.NOOP))
                .build();
        convention.ifAvailable(model::setObservationConvention);
        return model;
    }
}
