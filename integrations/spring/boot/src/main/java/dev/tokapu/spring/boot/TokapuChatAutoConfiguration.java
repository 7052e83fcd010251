package dev.tokapu.spring.boot;

import dev.tokapu.Model;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.engine.Engine;
import dev.tokapu.spring.ai.TokapuChatModel;
import io.micrometer.observation.ObservationRegistry;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.ai.chat.observation.ChatModelObservationConvention;
import org.springframework.ai.model.SpringAIModelProperties;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;

/**
 * A chat model, unless {@code spring.ai.model.chat} names another provider: on an engine of its own where
 * {@code spring.ai.tokapu.chat.model} is set, else on the application's {@link Engine} or {@link Model}, else on the default model.
 *
 * <p>Thread safety: used by the container.
 *
 * @since 0.1
 */
@AutoConfiguration(after = ToolCallingAutoConfiguration.class)
@ConditionalOnClass(TokapuChatModel.class)
@ConditionalOnProperty(name = SpringAIModelProperties.CHAT_MODEL, havingValue = "tokapu", matchIfMissing = true)
@EnableConfigurationProperties(TokapuChatProperties.class)
public final class TokapuChatAutoConfiguration {

    static final String PROPERTY = "spring.ai.tokapu.chat.model";
    static final String MODEL = "tokapuModel";
    static final String ENGINE = "tokapuEngine";

    private static final Logger LOG = LoggerFactory.getLogger(TokapuChatAutoConfiguration.class);

    /** The container does. */
    TokapuChatAutoConfiguration() {}

    /** On a model that the property names, whatever models and engines the application has for other things. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(TokapuChatModel.class)
    @ConditionalOnProperty(PROPERTY)
    static class Named {

        @Bean(name = MODEL, destroyMethod = "close")
        @Fallback
        Model model(TokapuChatProperties properties) {
            return Engines.load(properties.model(), properties.engine());
        }

        @Bean(name = ENGINE, destroyMethod = "close")
        @Fallback
        Engine engine(@Qualifier(MODEL) Model model, TokapuChatProperties properties) {
            return Engines.start(model, properties.engine(), context -> {});
        }

        @Bean
        TokapuChatModel tokapuChatModel(
                @Qualifier(ENGINE) Engine engine,
                TokapuChatProperties properties,
                ToolCallingManager tools,
                ObjectProvider<ObservationRegistry> observations,
                ObjectProvider<ChatModelObservationConvention> convention) {
            return chatModel(engine, properties, tools, observations, convention);
        }
    }

    /** On the application's engine or model; without either on the default model. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(TokapuChatModel.class)
    @Conditional(Unnamed.class)
    static class Found {

        @Bean(name = MODEL, destroyMethod = "close")
        @ConditionalOnMissingBean({Model.class, Engine.class})
        Model model(TokapuChatProperties properties) {
            return Engines.load(null, properties.engine());
        }

        @Bean(name = ENGINE, destroyMethod = "close")
        @ConditionalOnMissingBean
        Engine engine(Model model, TokapuChatProperties properties, ListableBeanFactory beans) {
            if (!beans.containsBean(MODEL) && hasEmbedder(beans)) {
                throw new IllegalStateException(
                        "the application's Model bean may be that of its Embedder; set " + PROPERTY
                                + " to the model of the chat, declare the Engine that it shall use, or set spring.ai.model.chat=none");
            }
            return Engines.start(model, properties.engine(), context -> {});
        }

        @Bean
        TokapuChatModel tokapuChatModel(
                Engine engine,
                TokapuChatProperties properties,
                ToolCallingManager tools,
                ObjectProvider<ObservationRegistry> observations,
                ObjectProvider<ChatModelObservationConvention> convention) {
            if (engine.options().context().embeddings()) {
                throw new IllegalStateException(
                        "the application's Engine bean makes embeddings and cannot chat; set " + PROPERTY
                                + ", declare that bean with defaultCandidate = false and ask for it by name, or set"
                                + " spring.ai.model.chat=none");
            }
            LOG.info("the chat model is on {}; {} names another one", engine, PROPERTY);
            return chatModel(engine, properties, tools, observations, convention);
        }
    }

    /** Of the application: this one's has a model of its own. */
    private static boolean hasEmbedder(ListableBeanFactory beans) {
        return Stream.of(beans.getBeanNamesForType(Embedder.class, true, false))
                .anyMatch(name -> !name.equals(TokapuEmbeddingAutoConfiguration.EMBEDDER));
    }

    /** The property is not set. */
    static final class Unnamed extends NoneNestedConditions {

        Unnamed() {
            super(ConfigurationPhase.PARSE_CONFIGURATION);
        }

        @ConditionalOnProperty(PROPERTY)
        static class Set {}
    }

    private static TokapuChatModel chatModel(
            Engine engine,
            TokapuChatProperties properties,
            ToolCallingManager tools,
            ObjectProvider<ObservationRegistry> observations,
            ObjectProvider<ChatModelObservationConvention> convention) {
        TokapuChatModel model = TokapuChatModel.builder()
                .engine(engine)
                .options(properties.toOptions())
                .toolCallingManager(tools)
                .observationRegistry(observations.getIfUnique(() -> ObservationRegistry.NOOP))
                .build();
        convention.ifAvailable(model::setObservationConvention);
        return model;
    }
}
