package dev.tokapu.spring.boot;

import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineSnapshot;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Up while all engines take requests; a closed or failed one is down. The details say what each does.
 *
 * <p>Thread safety: safe.
 */
final class TokapuHealthIndicator extends AbstractHealthIndicator {

    private final Supplier<Map<String, Engine>> engines;

    TokapuHealthIndicator(Supplier<Map<String, Engine>> engines) {
        super("the health of Tokapu's engines cannot be told");
        this.engines = engines;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up();
        engines.get().forEach((name, engine) -> {
            if (!engine.isOpen()) {
                builder.down();
            }
            builder.withDetail(name, details(engine));
        });
    }

    private static Map<String, Object> details(Engine engine) {
        EngineSnapshot snapshot = engine.snapshot();
        return Map.of(
                "model", engine.model().info().name().orElse("unnamed"),
                "open", engine.isOpen(),
                "waiting", snapshot.waiting(),
                "running", snapshot.running(),
                "maxSequences", snapshot.maxSequences());
    }
}
