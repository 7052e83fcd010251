package dev.tokapu.spring.boot;

import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import dev.tokapu.spring.ai.TokapuChatModel;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.chat.observation.ChatModelObservationConvention;
import org.springframework.ai.model.SpringAIModelProperties;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * A chat model on an engine of its own, unless {@code spring.ai.model.chat} names another provider. An application's own {@link Engine} or
 * {@link Model} takes the place of this one's.
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

    /** The container does. */
    TokapuChatAutoConfiguration() {}

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean({Model.class, Engine.class})
    Model tokapuModel(TokapuChatProperties properties) {
        return Engines.load(properties.model(), properties.engine());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Engine tokapuEngine(Model model, TokapuChatProperties properties) {
        return Engines.start(model, properties.engine(), context -> {});
    }

    @Bean
    @ConditionalOnMissingBean
    TokapuChatModel tokapuChatModel(
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
