package dev.tokapu.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.ChatModel;
import dev.tokapu.HollowModel;
import dev.tokapu.TestModels;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkus.test.QuarkusUnitTest;
import io.quarkus.test.common.http.TestHTTPResource;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application with an engine of its own, and one of a name that is configured. */
@Tag("ffm")
@Timeout(300)
class OwnEngineIT {

    @RegisterExtension
    static final QuarkusUnitTest APPLICATION = Applications.with(Scripts.class, Scripts.Chat.class, Own.class)
            .overrideConfigKey("quarkus.langchain4j.tokapu.chat-model.model-name", "/no/such.gguf")
            .overrideConfigKey(
                    "quarkus.langchain4j.tokapu.other.chat-model.model-name",
                    HollowModel.file().toString())
            .overrideConfigKey("quarkus.langchain4j.tokapu.other.chat-model.engine.max-sequences", "3")
            .overrideConfigKey("quarkus.langchain4j.tokapu.other.chat-model.engine.context-size", "128");

    static class Own {

        @Produces
        @Singleton
        Engine engine() {
            return Engine.start(
                    HollowModel.load(),
                    EngineOptions.builder()
                            .context(TestModels.small().build())
                            .maxSequences(1)
                            .sequenceContextSize(512)
                            .build());
        }

        void close(@Disposes Engine engine) {
            engine.close();
            engine.model().close();
        }
    }

    @Inject
    ChatModel chat;

    @Inject
    Engine engine;

    @Inject
    @ModelName("other")
    Engine other;

    @TestHTTPResource("/q/health/ready")
    URL readiness;

    @Test
    void application_hasAnEngine_itsChatModelComputesThere() {
        assertThat(chat.chat("Hello")).isEqualTo("Good day.");
        assertThat(engine.snapshot().submitted()).isEqualTo(1);
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
                    .contains("chat-model.open", "other.chat-model.open", "\"UP\"");
        }
    }
}
