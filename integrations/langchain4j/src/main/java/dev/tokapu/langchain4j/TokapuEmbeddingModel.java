package dev.tokapu.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ContentType;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.spi.ServiceHelper;
import dev.tokapu.Model;
import dev.tokapu.Vocab;
import dev.tokapu.embedding.EmbedProgress;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.engine.Engine;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * LangChain4j's embedding model on a model of this process: vectors of texts, of length 1 unless the options say otherwise. Queries and documents get
 * the prefixes that {@link EmbedderOptions} has for them.
 *
 * <p>Thread safety: safe. With a context of its own calls wait for each other, on an engine they share steps.
 *
 * @since 0.1
 */
public final class TokapuEmbeddingModel implements EmbeddingModel, AutoCloseable {

    private static final String UNNAMED = "tokapu";

    private final Embedder embedder;
    private final String name;
    private final List<EmbeddingModelListener> listeners;

    private TokapuEmbeddingModel(Embedder embedder, @Nullable String name, List<EmbeddingModelListener> listeners) {
        this.embedder = embedder;
        this.name = name == null ? embedder.encoder().model().info().name().orElse(UNNAMED) : name;
        this.listeners = listeners;
    }

    /** {@return a builder; a {@link TokapuEmbeddingModelBuilderFactory} that the class path has may give another} */
    public static Builder builder() {
        for (TokapuEmbeddingModelBuilderFactory factory :
                ServiceHelper.loadFactories(TokapuEmbeddingModelBuilderFactory.class)) {
            return factory.get();
        }
        return new Builder();
    }

    @Override
    public EmbeddingResponse doEmbed(EmbeddingRequest request) {
        String asked = request.modelName();
        if (asked != null && !asked.equals(name)) {
            throw new ModelNotFoundException("there is no model '" + asked + "'; there is '" + name + "'");
        }
        List<String> texts = request.inputs().stream().map(EmbeddingInput::text).toList();
        return Failures.mapped(() -> EmbeddingResponse.builder()
                .embeddings(
                        vectors(request, texts).stream().map(Embedding::from).toList())
                .modelName(name)
                .tokenUsage(new TokenUsage(count(prefix(request.inputType()), texts), 0))
                .build());
    }

    private List<float[]> vectors(EmbeddingRequest request, List<String> texts) {
        Embedder used = embedder;
        if (request.dimensions() != null) {
            EmbedderOptions cut = embedder.options().toBuilder()
                    .dimensions(request.dimensions())
                    .build();
            used = Embedder.of(embedder.encoder(), cut);
        }
        EmbeddingInputType type = request.inputType();
        if (type == null) {
            return used.embed(texts);
        }
        return type == EmbeddingInputType.DOCUMENT
                ? used.embedDocuments(texts, EmbedProgress.NONE)
                : texts.stream().map(used::embedQuery).toList();
    }

    private String prefix(@Nullable EmbeddingInputType type) {
        if (type == null) {
            return "";
        }
        return type == EmbeddingInputType.QUERY
                ? embedder.options().queryPrefix()
                : embedder.options().documentPrefix();
    }

    private int count(String prefix, List<String> texts) {
        Vocab vocab = embedder.encoder().model().vocab();
        return texts.stream()
                .mapToInt(text -> vocab.tokenize(prefix + text).length)
                .sum();
    }

    @Override
    public Set<EmbeddingParameter<?>> supportedParameters() {
        return Set.of(
                EmbeddingRequestParameters.MODEL_NAME,
                EmbeddingRequestParameters.DIMENSIONS,
                EmbeddingRequestParameters.INPUT_TYPE);
    }

    @Override
    public Set<ContentType> supportedContentTypes() {
        return Set.of(ContentType.TEXT);
    }

    @Override
    public List<EmbeddingModelListener> listeners() {
        return listeners;
    }

    @Override
    public ModelProvider provider() {
        return ModelProvider.OTHER;
    }

    @Override
    public int dimension() {
        return embedder.dimensions();
    }

    @Override
    public String modelName() {
        return name;
    }

    /** Closes the context of its own; an engine or a model that the builder was given stays open. Idempotent. */
    @Override
    public void close() {
        embedder.close();
    }

    @Override
    public String toString() {
        return "TokapuEmbeddingModel[" + name + ", " + embedder + "]";
    }

    /**
     * A builder for {@link TokapuEmbeddingModel}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static class Builder {

        private @Nullable Engine engine;
        private @Nullable Model model;
        private @Nullable String modelName;
        private EmbedderOptions options = EmbedderOptions.defaults();
        private List<EmbeddingModelListener> listeners = List.of();

        /** Nothing is set. */
        public Builder() {}

        /** Computes with an engine that makes embeddings; it stays open when the embedding model is closed. */
        public Builder engine(Engine value) {
            engine = Objects.requireNonNull(value, "engine");
            return this;
        }

        /** Computes with a model and a context of its own; the model stays open when the embedding model is closed. */
        public Builder model(Model value) {
            model = Objects.requireNonNull(value, "model");
            return this;
        }

        /** Sets the name in responses; that in the model's file unless set. */
        public Builder modelName(@Nullable String value) {
            modelName = value;
            return this;
        }

        /** Sets prefixes, dimensions, what is done with long texts, and the context that a {@link #model} gets. */
        public Builder embedderOptions(EmbedderOptions value) {
            options = Objects.requireNonNull(value, "embedderOptions");
            return this;
        }

        /** Sets who is told of requests, responses and errors. */
        public Builder listeners(List<EmbeddingModelListener> value) {
            listeners = List.copyOf(value);
            return this;
        }

        /**
         * The embedding model.
         *
         * @return the model, to be closed by the caller where it has a context of its own
         * @throws dev.tokapu.exception.ContextCreationException when the context cannot be made, for example for lack of memory
         * @throws UnsupportedOperationException when the model gives scores, or the engine generates
         * @throws IllegalArgumentException when not exactly one of engine and model is set, or the model does not say how to pool, nor do the options
         */
        public TokapuEmbeddingModel build() {
            if (Stream.of(engine, model).filter(Objects::nonNull).count() != 1) {
                throw new IllegalArgumentException(
                        "engine is " + engine + " and model is " + model + "; set one of them");
            }
            Embedder embedder = engine == null
                    ? Embedder.open(Objects.requireNonNull(model), options)
                    : Embedder.of(engine, options);
            return new TokapuEmbeddingModel(embedder, modelName, listeners);
        }
    }
}
