package dev.tokapu.quarkus;

import dev.tokapu.engine.EngineSnapshot;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Up while all engines take requests; one that starts, is closed or has failed is down. The data say what each does.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
@Readiness
@Singleton
public final class TokapuReadiness implements HealthCheck {

    private final TokapuEngines engines;

    TokapuReadiness(TokapuEngines engines) {
        this.engines = engines;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("Tokapu engines health check").status(engines.isReady());
        engines.byName().forEach((name, engine) -> {
            EngineSnapshot snapshot = engine.snapshot();
            response.withData(name + ".model", engine.model().info().name().orElse("unnamed"))
                    .withData(name + ".open", engine.isOpen())
                    .withData(name + ".waiting", snapshot.waiting())
                    .withData(name + ".running", snapshot.running())
                    .withData(name + ".maxSequences", snapshot.maxSequences());
        });
        return response.build();
    }
}
