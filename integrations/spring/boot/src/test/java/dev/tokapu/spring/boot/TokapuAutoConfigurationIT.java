package dev.tokapu.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.HollowModel;
import dev.tokapu.Model;
import dev.tokapu.Playbook;
import dev.tokapu.TestModels;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.engine.Engine;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.spring.ai.TokapuChatModel;
import dev.tokapu.spring.ai.TokapuChatOptions;
import dev.tokapu.spring.ai.TokapuEmbeddingModel;
import dev.tokapu.text.GenerationOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import org.springframework.ai.model.chat.observation.autoconfigure.ChatObservationAutoConfiguration;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Timeout(300)
class TokapuAutoConfigurationIT {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
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
                    TokapuEngineAutoConfiguration.class))
            .withPropertyValues(model("chat", HollowModel.file().toString(), 2048));

    record City(String name, int inhabitants) {}

    @Configuration(proxyBeanMethods = false)
    static class Meters {

        @Bean
        MeterRegistry registry() {
            return new SimpleMeterRegistry();
        }
    }

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

    private static String[] model(String kind, String location, int contextSize) {
        String engine = "spring.ai.tokapu." + kind + ".engine.";
        return new String[] {
            "spring.ai.tokapu." + kind + ".model=" + location,
            engine + "max-sequences=2",
            engine + "context-size=" + contextSize,
            engine + "threads=1"
        };
    }

    private static TokapuChatOptions.Builder scripted(ApplicationContext context, Playbook playbook) {
        return TokapuChatOptions.builder().samplersFirst(List.of(sampler(context, playbook)));
    }

    private static Sampler sampler(ApplicationContext context, Playbook playbook) {
        return playbook.sampler(context.getBean(Model.class));
    }

    private static Health health(ApplicationContext context) {
        return context.getBean("tokapuHealthIndicator", HealthIndicator.class).health();
    }

    @Test
    void application_asks_andIsSeenByHealthAndMeters() {
        runner.withUserConfiguration(Meters.class).run(context -> {
            City city = context.getBean(ChatClient.Builder.class)
                    .build()
                    .prompt("A city")
                    .options(scripted(context, new Playbook().says("A city", "{\"inhabitants\":3,\"name\":\"Rome\"}")))
                    .call()
                    .entity(City.class, spec -> spec.useProviderStructuredOutput());
            assertThat(city).isEqualTo(new City("Rome", 3));
            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            assertThat(health(context).getDetails())
                    .extractingByKey("tokapuEngine")
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                    .containsEntry("model", "Hollow")
                    .containsEntry("maxSequences", 2);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("tokapu.engine.requests.submitted")
                            .tag("engine", "tokapuEngine")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("gen_ai.client.operation").timer().count()).isEqualTo(1);
            assertThat(registry.get("gen_ai.client.token.usage")
                            .tag("gen_ai.token.type", "output")
                            .counter()
                            .count())
                    .isPositive();
        });
    }

    /** Both bring a validator of schemas, in the same packages; ours is renamed in its jar. */
    @Test
    void application_asksInBothWays_bothWork() {
        runner.run(context -> {
            Playbook playbook = new Playbook()
                    .says("A town", "{\"name\":\"Oslo\",\"inhabitants\":2}")
                    .says("A city", "{\"inhabitants\":3,\"name\":\"Rome\"}");
            ChatOptions options = ChatOptions.builder()
                    .generation(GenerationOptions.defaults().withSamplersFirst(List.of(sampler(context, playbook))))
                    .build();
            try (ChatSession chat = context.getBean(Engine.class).chat(options)) {
                assertThat(chat.ask("A town", City.class)).isEqualTo(new City("Oslo", 2));
            }
            assertThat(context.getBean(ChatClient.Builder.class)
                            .build()
                            .prompt("A city")
                            .options(scripted(context, playbook))
                            .call()
                            .entity(
                                    City.class,
                                    spec -> spec.useProviderStructuredOutput().validateSchema()))
                    .isEqualTo(new City("Rome", 3));
        });
    }

    @Test
    void application_embeds_besideTheChat() {
        runner.withUserConfiguration(Meters.class)
                .withPropertyValues(model("embedding", TestModels.tinyFile().toString(), 128))
                .withPropertyValues("spring.ai.tokapu.embedding.pooling=mean")
                .run(context -> {
                    TokapuEmbeddingModel embeddings = context.getBean(TokapuEmbeddingModel.class);
                    assertThat(embeddings.embed("hello")).hasSize(embeddings.dimensions());
                    assertThat(context.getBean(Engine.class).model().info().name())
                            .hasValue("Hollow");
                    assertThat(health(context).getDetails())
                            .containsOnlyKeys("tokapuEngine", TokapuEmbeddingAutoConfiguration.ENGINE);
                    assertThat(context.getBean(MeterRegistry.class)
                                    .get("tokapu.engine.requests.submitted")
                                    .tag("engine", TokapuEmbeddingAutoConfiguration.ENGINE)
                                    .functionCounter()
                                    .count())
                            .isEqualTo(1);
                });
    }

    @Test
    void application_hasItsOwnEngine_thatIsTaken() {
        runner.withUserConfiguration(OwnEngine.class).run(context -> {
            assertThat(context).hasSingleBean(Engine.class).hasBean("own").doesNotHaveBean("tokapuModel");
            assertThat(context.getBean(ChatModel.class)).isInstanceOf(TokapuChatModel.class);
            context.getBean(Engine.class).close();
            assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
        });
    }

    @Test
    void application_switchesHealthOff_hasNone() {
        runner.withPropertyValues("management.health.tokapu.enabled=false")
                .run(context -> assertThat(context)
                        .hasSingleBean(TokapuChatModel.class)
                        .doesNotHaveBean(TokapuHealthIndicator.class));
    }

    @Test
    void application_modelIsMissing_doesNotStartAndSaysWhy() {
        runner.withPropertyValues("spring.ai.tokapu.chat.model=/no/such.gguf").run(context -> {
            assertThat(context).getFailure().hasRootCauseInstanceOf(ModelLoadException.class);
            assertThat(new TokapuFailureAnalyzer().analyze(context.getStartupFailure()))
                    .satisfies(analysis -> assertThat(analysis.getDescription()).contains("/no/such.gguf"));
        });
    }

    @Test
    void application_stopsWhileAnAnswerIsGenerated_finishesIt() {
        AtomicInteger sampled = new AtomicInteger();
        CompletableFuture<ChatResponse> response = new CompletableFuture<>();
        Playbook slow = new Playbook().says("Go on", "word ".repeat(30)).pace(Duration.ofMillis(5));
        runner.withPropertyValues("spring.ai.tokapu.shutdown-timeout=100s").run(context -> {
            TokapuChatOptions options = TokapuChatOptions.builder()
                    .samplersFirst(
                            List.of(sampler(context, slow), Sampler.custom(candidates -> sampled.incrementAndGet())))
                    .build();
            ChatModel chat = context.getBean(ChatModel.class);
            response.completeAsync(() -> chat.call(new Prompt("Go on", options)));
            while (sampled.get() == 0) {
                Thread.onSpinWait();
            }
            Engine engine = context.getBean(Engine.class);
            context.getSourceApplicationContext(ConfigurableApplicationContext.class)
                    .close();
            assertThat(response.join().getResult().getOutput().getText()).endsWith("word ");
            assertThat(engine.isOpen()).isFalse();
        });
    }

    @Test
    void lifecycle_timeIsUp_cancelsTheRest() {
        runner.run(context -> {
            Engine engine = context.getBean(Engine.class);
            Playbook slow = new Playbook().says("Go on", "word ".repeat(300)).pace(Duration.ofMillis(20));
            TokapuChatOptions options = scripted(context, slow).build();
            CompletableFuture<ChatResponse> response = CompletableFuture.supplyAsync(
                    () -> context.getBean(ChatModel.class).call(new Prompt("Go on", options)));
            while (engine.snapshot().running() == 0) {
                Thread.onSpinWait();
            }
            EngineLifecycle lifecycle = new EngineLifecycle(() -> Map.of("it", engine), Duration.ofMillis(50));
            lifecycle.start();
            assertThat(lifecycle.isRunning()).isTrue();
            CompletableFuture<Void> stopped = new CompletableFuture<>();
            lifecycle.stop(() -> stopped.complete(null));
            stopped.join();
            assertThat(lifecycle.isRunning()).isFalse();
            assertThat(engine.isOpen()).isFalse();
            assertThat(response.handle((value, failure) -> failure).join())
                    .hasMessageContaining("the answer was cancelled because the engine was closed");
        });
    }
}
