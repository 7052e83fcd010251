package dev.tokapu.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.HollowModel;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TestModels;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.spring.ai.TokapuChatModel;
import dev.tokapu.spring.ai.TokapuEmbeddingModel;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** What an application's own beans are taken for. */
@Timeout(300)
class OwnBeansIT {

    private final ApplicationContextRunner unnamed = Applications.plain();
    private final ApplicationContextRunner named = Applications.named();

    @Configuration(proxyBeanMethods = false)
    static class OwnEngine {

        @Bean
        Model mine() {
            return HollowModel.load();
        }

        @Bean
        Engine own(Model mine) {
            return Engine.start(mine);
        }
    }

    /** Of an application that searches. */
    @Configuration(proxyBeanMethods = false)
    static class OwnEmbedder {

        @Bean
        Model vectors() {
            return TestModels.tiny();
        }

        @Bean
        Engine embeds(Model vectors) {
            return Engine.start(
                    vectors,
                    EngineOptions.builder()
                            .context(TestModels.small()
                                    .embeddings(true)
                                    .pooling(Pooling.MEAN)
                                    .build())
                            .sequenceContextSize(128)
                            .build());
        }

        @Bean
        Embedder embedder(Engine embeds) {
            return Embedder.of(embeds);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnModelAndEmbedder {

        @Bean
        Model vectors() {
            return TestModels.tiny();
        }

        @Bean
        Embedder embedder(Model vectors) {
            return Embedder.open(
                    vectors,
                    EmbedderOptions.builder()
                            .context(TestModels.small().pooling(Pooling.MEAN).build())
                            .build());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnChat {

        @Bean
        @Lazy
        TokapuChatModel chat() {
            throw new AssertionError("nobody asks for it");
        }
    }

    @Test
    void application_hasItsOwnEngine_thatIsTaken() {
        unnamed.withUserConfiguration(OwnEngine.class).run(context -> {
            assertThat(context).hasSingleBean(Engine.class).hasBean("own").doesNotHaveBean("tokapuModel");
            assertThat(context.getBean(ChatModel.class)).isInstanceOf(TokapuChatModel.class);
            context.getBean(Engine.class).close();
            assertThat(Applications.health(context).getStatus()).isEqualTo(Status.DOWN);
        });
    }

    @Test
    void application_hasItsOwnEmbedder_propertyNamesTheChatModel() {
        named.withUserConfiguration(OwnEmbedder.class).run(context -> {
            assertThat(context).hasSingleBean(TokapuEmbeddingModel.class);
            assertThat(context.getBean(TokapuChatModel.class)).hasToString("TokapuChatModel[Hollow]");
            assertThat(context.getBean(Engine.class)).isSameAs(context.getBean("embeds"));
            assertThat(Applications.health(context).getDetails()).containsOnlyKeys("embeds", "tokapuEngine");
        });
    }

    @Test
    void application_hasItsOwnEmbedder_nothingNamesTheChatModel_doesNotStart() {
        unnamed.withUserConfiguration(OwnEmbedder.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasRootCauseMessage("the application's Engine bean makes embeddings and cannot chat; set"
                                + " spring.ai.tokapu.chat.model, declare that bean with defaultCandidate = false and ask for it by"
                                + " name, or set spring.ai.model.chat=none"));
    }

    @Test
    void application_hasItsOwnModelAndEmbedder_doesNotStart() {
        unnamed.withUserConfiguration(OwnModelAndEmbedder.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith("the application's Model bean may be that of its Embedder; set"
                                + " spring.ai.tokapu.chat.model"));
        named.withUserConfiguration(OwnModelAndEmbedder.class)
                .run(context ->
                        assertThat(context.getBean(TokapuChatModel.class)).hasToString("TokapuChatModel[Hollow]"));
    }

    @Test
    void application_hasItsOwnChatModel_noOtherIsLoaded() {
        named.withUserConfiguration(OwnChat.class)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(Model.class)
                        .doesNotHaveBean(Engine.class));
    }

    @Test
    void application_isLazy_lookingAndStoppingLoadNothing() {
        named.withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withPropertyValues("spring.ai.tokapu.chat.model=/no/such.gguf")
                .withUserConfiguration(Applications.Meters.class)
                .run(context -> {
                    assertThat(Applications.health(context).getDetails()).isEmpty();
                    context.getBean(EngineMeters.class).bindTo(context.getBean(MeterRegistry.class));
                    context.getBean(EngineLifecycle.class).stop();
                    assertThat(context.getSourceApplicationContext(ConfigurableApplicationContext.class)
                                    .getBeanFactory()
                                    .containsSingleton("tokapuEngine"))
                            .isFalse();
                });
    }
}
