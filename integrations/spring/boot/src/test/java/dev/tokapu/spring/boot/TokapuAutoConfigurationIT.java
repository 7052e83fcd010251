package dev.tokapu.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.HollowModel;
import dev.tokapu.Model;
import dev.tokapu.Playbook;
import dev.tokapu.TestModels;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Generation;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.spring.ai.TokapuChatModel;
import dev.tokapu.spring.ai.TokapuChatOptions;
import dev.tokapu.spring.ai.TokapuEmbeddingModel;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

@Timeout(300)
class TokapuAutoConfigurationIT {

    private static final EngineOptions SMALL = EngineOptions.builder()
            .context(TestModels.small().build())
            .maxSequences(1)
            .sequenceContextSize(128)
            .build();

    private final ApplicationContextRunner runner = Applications.named();

    record City(String name, int inhabitants) {}

    private static TokapuChatOptions.Builder scripted(ApplicationContext context, Playbook playbook) {
        return TokapuChatOptions.builder().samplersFirst(List.of(sampler(context, playbook)));
    }

    private static Sampler sampler(ApplicationContext context, Playbook playbook) {
        return playbook.sampler(context.getBean(Model.class));
    }

    @Test
    void application_asks_andIsSeenByHealthAndMeters() {
        runner.withUserConfiguration(Applications.Meters.class).run(context -> {
            City city = context.getBean(ChatClient.Builder.class)
                    .build()
                    .prompt("A city")
                    .options(scripted(context, new Playbook().says("A city", "{\"inhabitants\":3,\"name\":\"Rome\"}")))
                    .call()
                    .entity(City.class, spec -> spec.useProviderStructuredOutput());
            assertThat(city).isEqualTo(new City("Rome", 3));
            assertThat(Applications.health(context).getStatus()).isEqualTo(Status.UP);
            assertThat(Applications.health(context).getDetails())
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
        runner.withUserConfiguration(Applications.Meters.class)
                .withPropertyValues(
                        Applications.model("embedding", TestModels.tinyFile().toString(), 128))
                .withPropertyValues("spring.ai.tokapu.embedding.pooling=mean")
                .run(context -> {
                    TokapuEmbeddingModel embeddings = context.getBean(TokapuEmbeddingModel.class);
                    assertThat(embeddings.embed("hello")).hasSize(embeddings.dimensions());
                    assertThat(context.getBean(Engine.class).model().info().name())
                            .hasValue("Hollow");
                    assertThat(Applications.health(context).getDetails())
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

    /** Each answer goes on until the other engine takes no more requests. */
    @Test
    void lifecycle_twoEngines_areDrainedAtOnce() {
        try (Model model = HollowModel.load();
                Engine one = Engine.start(model, SMALL);
                Engine other = Engine.start(model, SMALL)) {
            Generation first = generation(one, other);
            Generation second = generation(other, one);
            new EngineLifecycle(() -> Map.of("one", one, "other", other), Duration.ofSeconds(60)).stop();
            assertThat(List.of(first.finishReason(), second.finishReason())).doesNotContain(FinishReason.CANCELLED);
        }
    }

    private static Generation generation(Engine engine, Engine awaited) {
        Sampler waits = Sampler.custom(candidates -> {
            while (awaited.isOpen()) {
                LockSupport.parkNanos(1_000_000);
            }
        });
        return engine.generate(
                "Go on", GenerationOptions.builder().maxTokens(1).build().withSamplersFirst(List.of(waits)));
    }
}
