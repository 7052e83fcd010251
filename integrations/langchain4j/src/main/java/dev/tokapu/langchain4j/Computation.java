package dev.tokapu.langchain4j;

import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.source.ModelSource;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The engines that a chat model computes with.
 *
 * @param catalog the engines by name
 * @param engine an engine that is closed with the chat model; null for none
 * @param model a model that is closed after it; null for none
 */
record Computation(
        TokapuModelCatalog catalog,
        @Nullable Engine engine,
        @Nullable Model model) implements AutoCloseable {

    /** What was set of it. */
    static final class Settings {

        @Nullable
        Engine engine;

        @Nullable
        TokapuModelCatalog catalog;

        @Nullable
        Model model;

        @Nullable
        ModelSource source;

        EngineOptions options = EngineOptions.defaults();

        /** Opens what was set; {@code name}: of the one engine, null for that of its model. */
        Computation open(@Nullable String name) {
            long given = Stream.of(engine, catalog, model, source)
                    .filter(Objects::nonNull)
                    .count();
            if (given != 1) {
                throw new IllegalArgumentException(
                        given + " of engine, catalog, model and modelSource are set; set one of them");
            }
            if (catalog != null) {
                return new Computation(catalog, null, null);
            }
            if (engine != null) {
                return new Computation(catalog(engine, name), null, null);
            }
            if (model != null) {
                Engine started = Engine.start(model, options);
                return new Computation(catalog(started, name), started, null);
            }
            return load(Objects.requireNonNull(source), name);
        }

        private Computation load(ModelSource from, @Nullable String name) {
            Model loaded = Model.load(from);
            try {
                Engine started = Engine.start(loaded, options);
                return new Computation(catalog(started, name), started, loaded);
            } catch (RuntimeException e) {
                loaded.close();
                throw e;
            }
        }

        private static TokapuModelCatalog catalog(Engine engine, @Nullable String name) {
            return name == null ? TokapuModelCatalog.of(engine) : TokapuModelCatalog.of(Map.of(name, engine));
        }
    }

    /** Closes what was started and loaded. */
    @Override
    public void close() {
        if (engine != null) {
            engine.close();
        }
        if (model != null) {
            model.close();
        }
    }
}
