package dev.tokapu.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.UserMessage;
import dev.tokapu.HollowModel;
import dev.tokapu.engine.Engine;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.quarkus.test.QuarkusUnitTest;
import io.quarkus.test.common.http.TestHTTPResource;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.inject.Qualifier;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application with engines of its own, without a name, of a model's name and with a qualifier, and one of a name that is configured. */
@Tag("ffm")
@Timeout(300)
class OwnEngineIT {

    @RegisterExtension
    static final QuarkusUnitTest APPLICATION = Applications.with(
                    Scripts.class, Scripts.Chat.class, Own.class, Sized.class, Mine.class)
            .overrideConfigKey("quarkus.langchain4j.tokapu.chat-model.model-name", "/no/such.gguf")
            .overrideConfigKey(
                    "quarkus.langchain4j.tokapu.other.chat-model.model-name",
                    HollowModel.file().toString())
            .overrideConfigKey("quarkus.langchain4j.tokapu.other.chat-model.engine.max-sequences", "3")
            .overrideConfigKey("quarkus.langchain4j.tokapu.other.chat-model.engine.context-size", "128")
            .overrideConfigKey("quarkus.langchain4j.tokapu.mine.chat-model.model-name", "/no/such.gguf")
            .overrideConfigKey("quarkus.langchain4j.tokapu.mine.chat-model.max-tokens", "4");

    @Qualifier
    @Retention(RetentionPolicy.RUNTIME)
    @interface Sized {

        String value();
    }

    @RegisterAiService(modelName = "mine")
    interface Mine {

        String say(@UserMessage String text);
    }

    static class Own {

        @Produces
        @Singleton
        @Named("own") // and without a qualifier
        Engine engine() {
            return Applications.engine();
        }

        @Produces
        @Singleton
        @ModelName("mine")
        Engine mine() {
            return Applications.engine();
        }

        @Produces
        @Singleton
        @Sized("small")
        Engine small() {
            return Applications.engine();
        }

        @Produces
        @Singleton
        @Sized("large")
        Engine large() {
            return Applications.engine();
        }

        void close(@Disposes @Any Engine engine) {
            Applications.close(engine);
        }
    }

    @Inject
    ChatModel chat;

    @Inject
    Engine engine;

    @Inject
    @ModelName("other")
    Engine other;

    @Inject
    @ModelName("mine")
    Engine mine;

    @Inject
    @Sized("small")
    Engine small;

    @Inject
    @Sized("large")
    Engine large;

    @Inject
    Mine service;

    @TestHTTPResource("/q/health/ready")
    URL readiness;

    @Test
    void application_hasAnEngine_itsChatModelComputesThere() {
        assertThat(chat.chat("Hello")).isEqualTo("Good day.");
        assertThat(engine.snapshot().submitted()).isEqualTo(1);
    }

    @Test
    @ActivateRequestContext
    void application_hasAnEngineOfAModelsName_itsAiServiceComputesThere() {
        service.say("Hello");
        assertThat(mine.snapshot().submitted()).isEqualTo(1);
        assertThat(small).isNotSameAs(large);
    }

    @Test
    void application_asksForAnEngineOfAName_getsThatOfTheProperties() {
        assertThat(other.snapshot().maxSequences()).isEqualTo(3);
    }

    /** Those of the properties were in neither readiness, meters nor the drain where the application had one. */
    @Test
    void readiness_hasTheEnginesOfTheApplicationAndOfTheProperties() throws IOException {
        try (InputStream body = readiness.openStream()) {
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8))
                    .contains(
                            "\"chat-model.open",
                            "\"other.chat-model.open",
                            "\"mine.chat-model.open",
                            "\"Sized(small).open",
                            "\"Sized(large).open")
                    .contains("\"UP\"")
                    .doesNotContain("own.open");
        }
    }
}
