package dev.tokapu.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.Engine;
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
            return Applications.engine();
        }

        @Produces
        @Singleton
        @Named("second")
        Engine second() {
            return Applications.engine();
        }

        void close(@Disposes @Any Engine engine) {
            Applications.close(engine);
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
