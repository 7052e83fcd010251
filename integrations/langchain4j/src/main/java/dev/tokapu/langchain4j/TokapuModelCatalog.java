package dev.tokapu.langchain4j;

import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.catalog.ModelCatalog;
import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.catalog.ModelType;
import dev.tokapu.ModelInfo;
import dev.tokapu.Pooling;
import dev.tokapu.engine.Engine;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Engines under the names that requests know them by. A chat model with several of them serves each request with the one that its
 * {@code modelName} names.
 *
 * <pre>{@code
 * TokapuModelCatalog models = TokapuModelCatalog.of(Map.of("small", small, "large", large));
 * ChatModel chat = TokapuChatModel.builder().catalog(models).modelName("small").build();
 * }</pre>
 *
 * <p>The engines stay their owner's, and open.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class TokapuModelCatalog implements ModelCatalog {

    private static final String UNNAMED = "tokapu";

    private final Map<String, Engine> engines;

    private TokapuModelCatalog(Map<String, Engine> engines) {
        if (engines.isEmpty()) {
            throw new IllegalArgumentException("the catalog has no engine; give one or more");
        }
        this.engines = Collections.unmodifiableMap(new LinkedHashMap<>(engines));
    }

    /** {@return a catalog of one engine, which has the name that its model has in its file} */
    public static TokapuModelCatalog of(Engine engine) {
        return of(Map.of(engine.model().info().name().orElse(UNNAMED), engine));
    }

    /** {@return a catalog of engines by name; the first one is taken where no name is given} */
    public static TokapuModelCatalog of(Map<String, Engine> engines) {
        return new TokapuModelCatalog(engines);
    }

    /** {@return the name of the first engine} */
    String firstName() {
        return engines.keySet().iterator().next();
    }

    /**
     * The engine of a name.
     *
     * @param name the name
     * @return the engine
     * @throws ModelNotFoundException when there is none
     */
    public Engine engine(String name) {
        Engine engine = engines.get(name);
        if (engine == null) {
            throw new ModelNotFoundException("there is no model '" + name + "'; there are " + engines.keySet());
        }
        return engine;
    }

    @Override
    public List<ModelDescription> listModels() {
        return engines.entrySet().stream()
                .map(entry -> description(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static ModelDescription description(String name, Engine engine) {
        ModelInfo info = engine.model().info();
        return ModelDescription.builder()
                .name(name)
                .displayName(info.name().orElse(name))
                .description(info.description())
                .provider(ModelProvider.OTHER)
                .type(type(engine))
                .maxInputTokens(engine.sequenceContextSize())
                .build();
    }

    private static ModelType type(Engine engine) {
        if (!engine.options().context().embeddings()) {
            return ModelType.CHAT;
        }
        return engine.pooling() == Pooling.RANK ? ModelType.SCORING : ModelType.EMBEDDING;
    }

    @Override
    public ModelProvider provider() {
        return ModelProvider.OTHER;
    }

    @Override
    public String toString() {
        return "TokapuModelCatalog" + engines;
    }
}
