package dev.tokapu.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.HollowModel;
import dev.tokapu.TestModels;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import io.quarkus.test.QuarkusUnitTest;
import io.quarkus.test.common.http.TestHTTPResource;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application without a chat model, whose engines have a name and no qualifier. */
@Tag("ffm")
@Timeout(300)
class NamedEnginesIT {

    @RegisterExtension
    static final QuarkusUnitTest APPLICATION = Applications.with(Own.class);

    static class Own {

        @Produces
        @Singleton
        @Named("first")
        Engine first() {
            return start();
        }

        @Produces
        @Singleton
        @Named("second")
        Engine second() {
            return start();
        }

        private static Engine start() {
            return Engine.start(
                    HollowModel.load(),
                    EngineOptions.builder()
                            .context(TestModels.small().build())
                            .maxSequences(1)
                            .sequenceContextSize(128)
                            .build());
        }

        void close(@Disposes @Any Engine engine) {
            engine.close();
            engine.model().close();
        }
    }

    @Inject
    @Named("first")
    Engine first;

    @Inject
    @Named("second")
    Engine second;

    @TestHTTPResource("/q/health/ready")
    URL readiness;

    @Test
    void readiness_hasBothByTheirNames() throws IOException {
        assertThat(first).isNotSameAs(second);
        try (InputStream body = readiness.openStream()) {
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("\"first.open", "\"second.open")
                    .doesNotContain("chat-model");
        }
    }
}
