package dev.tokapu.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.ModelDisabledException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.tokapu.HollowModel;
import dev.tokapu.TestModels;
import dev.tokapu.engine.Engine;
import dev.tokapu.langchain4j.TokapuChatResponseMetadata;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.quarkiverse.langchain4j.ToolBox;
import io.quarkus.test.QuarkusUnitTest;
import io.quarkus.test.common.http.TestHTTPResource;
import io.smallrye.mutiny.Multi;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.inject.Inject;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application with all that the extension has. */
@Timeout(300)
class TokapuExtensionIT {

    /** Where an answer is that goes on when the application stops; a test's class is loaded twice. */
    private static final String LAST = "tokapu.test.last";

    @RegisterExtension
    static final QuarkusUnitTest APPLICATION = Applications.with(
                    Scripts.class,
                    Scripts.Chat.class,
                    Scripts.Streaming.class,
                    Assistant.class,
                    Weather.class,
                    City.class)
            .overrideConfigKey(
                    "quarkus.langchain4j.tokapu.chat-model.model-name",
                    HollowModel.file().toString())
            .overrideConfigKey("quarkus.langchain4j.tokapu.chat-model.engine.max-sequences", "2")
            .overrideConfigKey("quarkus.langchain4j.tokapu.chat-model.engine.context-size", "2048")
            .overrideConfigKey("quarkus.langchain4j.tokapu.chat-model.engine.threads", "1")
            .overrideConfigKey(
                    "quarkus.langchain4j.tokapu.embedding-model.model-name",
                    TestModels.tinyFile().toString())
            .overrideConfigKey("quarkus.langchain4j.tokapu.embedding-model.pooling", "mean")
            .overrideConfigKey("quarkus.langchain4j.tokapu.embedding-model.engine.context-size", "128")
            .overrideConfigKey("quarkus.langchain4j.tokapu.embedding-model.engine.max-sequences", "1")
            .overrideConfigKey("quarkus.langchain4j.tokapu.off.enable-integration", "false")
            .overrideConfigKey("quarkus.langchain4j.tokapu.shutdown-timeout", "100s")
            .setAfterAllCustomizer(TokapuExtensionIT::lastAnswerCameToItsEnd);

    record City(String name, int inhabitants) {}

    @RegisterAiService
    interface Assistant {

        String say(@dev.langchain4j.service.UserMessage String text);

        City city(@dev.langchain4j.service.UserMessage String text);

        @ToolBox(Weather.class)
        String weather(@dev.langchain4j.service.UserMessage String text);

        Multi<String> stream(@dev.langchain4j.service.UserMessage String text);
    }

    @ApplicationScoped
    static class Weather {

        @Tool("The weather of a town")
        String weather(String town) {
            return "sunny in " + town;
        }
    }

    @Inject
    Assistant assistant;

    @Inject
    ChatModel chat;

    @Inject
    @ModelName("off")
    ChatModel off;

    @Inject
    EmbeddingModel embeddings;

    @Inject
    Engine engine;

    @Inject
    MeterRegistry meters;

    @TestHTTPResource("/q/health/ready")
    URL readiness;

    @Test
    @ActivateRequestContext
    void aiService_asks_forTextValueAndTool() {
        assertThat(assistant.say("Hello")).isEqualTo("Good day.");
        assertThat(assistant.city("A city")).isEqualTo(new City("Rome", 3));
        assertThat(assistant.weather("How is the weather in Rome?")).isEqualTo("It is sunny.");
    }

    @Test
    @ActivateRequestContext
    void aiService_streams_theSame() {
        assertThat(assistant.stream("Hello").collect().asList().await().atMost(Duration.ofMinutes(2)))
                .isNotEmpty()
                .satisfies(parts -> assertThat(String.join("", parts)).isEqualTo("Good day."));
    }

    @Test
    void chatModel_answers_withTimings() {
        assertThat(chat.chat(UserMessage.from("Hello")).metadata()).isInstanceOf(TokapuChatResponseMetadata.class);
    }

    @Test
    void embeddingModel_embeds_besideTheChat() {
        assertThat(embeddings.embed("hello").content().vector()).hasSize(embeddings.dimension());
        assertThat(engine.model().info().name()).hasValue("Hollow");
    }

    @Test
    void namedModel_isSwitchedOff_loadsNothing() {
        assertThatThrownBy(() -> off.chat("Hello")).isInstanceOf(ModelDisabledException.class);
    }

    @Test
    void readiness_enginesTakeRequests_isUp() throws Exception {
        try (InputStream body = readiness.openStream()) {
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8))
                    .contains(
                            "\"status\": \"UP\"", "\"chat-model.model\": \"Hollow\"", "\"chat-model.maxSequences\": 2")
                    .contains("\"embedding-model.open\": true")
                    .doesNotContain("off.");
        }
    }

    @Test
    void meters_haveTheNameOfTheEngine() {
        double before = submitted("chat-model");
        chat.chat("Hello");
        assertThat(submitted("chat-model")).isEqualTo(before + 1);
        assertThat(submitted("embedding-model")).isNotNegative();
    }

    private double submitted(String name) {
        return meters.get("tokapu.engine.requests.submitted")
                .tag("engine", name)
                .functionCounter()
                .count();
    }

    @Test
    void application_stopsWhileAnAnswerIsGenerated_finishesIt() {
        ChatRequest request = ChatRequest.builder()
                .messages(UserMessage.from("Go on"))
                .parameters(Scripts.slow(engine))
                .build();
        CompletableFuture<String> last = CompletableFuture.supplyAsync(
                () -> chat.chat(request).aiMessage().text());
        System.getProperties().put(LAST, last);
        while (engine.snapshot().running() == 0 && !last.isDone()) {
            Thread.onSpinWait();
        }
    }

    @SuppressWarnings("unchecked")
    private static void lastAnswerCameToItsEnd() {
        CompletableFuture<String> last =
                (CompletableFuture<String>) System.getProperties().remove(LAST);
        assertThat(last.join()).isEqualTo(Scripts.SLOW);
    }
}
