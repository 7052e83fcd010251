package dev.tokapu.quarkus;

import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineSnapshot;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;

/**
 * What the Dev UI asks.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
@Singleton
public final class TokapuDevUi {

    private final TokapuEngines engines;

    TokapuDevUi(TokapuEngines engines) {
        this.engines = engines;
    }

    /** {@return what each engine is, does and has done} */
    @NonBlocking
    public List<Map<String, Object>> engines() {
        return engines.byName().entrySet().stream()
                .map(entry -> row(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static Map<String, Object> row(String name, Engine engine) {
        EngineSnapshot snapshot = engine.snapshot();
        return Map.of(
                "name", name,
                "model", engine.model().info().name().orElse("unnamed"),
                "open", engine.isOpen(),
                "waiting", snapshot.waiting(),
                "running", snapshot.running(),
                "maxSequences", snapshot.maxSequences(),
                "completed", snapshot.completed(),
                "failed", snapshot.failed(),
                "promptTokens", snapshot.promptTokens(),
                "generatedTokens", snapshot.generatedTokens());
    }
}
