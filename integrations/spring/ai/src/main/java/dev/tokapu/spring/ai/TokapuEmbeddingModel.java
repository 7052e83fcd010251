package dev.tokapu.spring.ai;

import dev.tokapu.Vocab;
import dev.tokapu.embedding.EmbedProgress;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.spring.ai.TokapuEmbeddingOptions.InputType;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.BatchingStrategy;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;
import org.springframework.ai.embedding.observation.DefaultEmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationContext;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationDocumentation;

/**
 * Spring AI's embedding model on a model of this process: vectors of texts, of length 1 unless the embedder's options say otherwise.
 *
 * <p>A vector store embeds a query by {@link #embed(String)}, which adds the embedder's prefix of queries, and documents by the methods that
 * take them, which add that of documents; other texts get none, or that of {@link TokapuEmbeddingOptions#getInputType()}.
 *
 * <p>Thread safety: safe. On an engine calls share steps; with a context of its own they wait for each other.
 *
 * @since 0.1
 */
public final class TokapuEmbeddingModel implements EmbeddingModel {

    private static final EmbeddingModelObservationConvention DEFAULT_CONVENTION =
            new DefaultEmbeddingModelObservationConvention();

    private final Embedder embedder;
    private final String name;
    private final TokapuEmbeddingOptions options;
    private final ObservationRegistry observations;
    private volatile EmbeddingModelObservationConvention convention = DEFAULT_CONVENTION;

    private TokapuEmbeddingModel(Builder builder) {
        this.embedder = Objects.requireNonNull(builder.embedder, "embedder is not set; set what computes the vectors");
        this.name = ModelNames.of(builder.options.getModel(), embedder.encoder().model());
        this.options = builder.options.mutate().model(name).build();
        this.observations = builder.observations;
    }

    /** {@return a builder} */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
        TokapuEmbeddingOptions asked =
                TokapuEmbeddingOptions.of(request.getOptions()).defaultedBy(options);
        ModelNames.require(asked.getModel(), name);
        EmbeddingModelObservationContext context = EmbeddingModelObservationContext.builder()
                .embeddingRequest(new EmbeddingRequest(request.getInstructions(), asked))
                .provider(TokapuChatModel.PROVIDER)
                .build();
        return Objects.requireNonNull(EmbeddingModelObservationDocumentation.EMBEDDING_MODEL_OPERATION
                .observation(convention, DEFAULT_CONVENTION, () -> context, observations)
                .observe(() -> {
                    EmbeddingResponse response = Failures.mapped(() -> response(request.getInstructions(), asked));
                    context.setResponse(response);
                    return response;
                }));
    }

    private EmbeddingResponse response(List<String> texts, TokapuEmbeddingOptions asked) {
        List<Embedding> embeddings = new ArrayList<>();
        for (float[] vector : vectors(texts, asked)) {
            embeddings.add(new Embedding(vector, embeddings.size()));
        }
        int tokens = count(prefix(asked.getInputType()), texts);
        return new EmbeddingResponse(embeddings, new EmbeddingResponseMetadata(name, new DefaultUsage(tokens, 0)));
    }

    private List<float[]> vectors(List<String> texts, TokapuEmbeddingOptions asked) {
        InputType type = asked.getInputType();
        EmbedderOptions.Builder changed =
                embedder.options().toBuilder().documentPrefix(prefix(type)); // of all, so that queries share steps, too
        if (asked.getDimensions() != null) {
            changed.dimensions(asked.getDimensions());
        }
        return Embedder.of(embedder.encoder(), changed.build()).embedDocuments(texts, EmbedProgress.NONE);
    }

    private String prefix(@Nullable InputType type) {
        if (type == null) {
            return "";
        }
        return type == InputType.QUERY
                ? embedder.options().queryPrefix()
                : embedder.options().documentPrefix();
    }

    /** Of whole texts: what is cut off of a long one is counted. The embedder tells no tokens, so each text is tokenized a second time. */
    private int count(String prefix, List<String> texts) {
        Vocab vocab = embedder.encoder().model().vocab();
        return texts.stream()
                .mapToInt(text -> vocab.tokenize(prefix + text).length)
                .sum();
    }

    /** {@return the vector of a query} */
    @Override
    public float[] embed(String text) {
        return embedOne(text, InputType.QUERY);
    }

    /** {@return the vector of a document's text} */
    @Override
    public float[] embed(Document document) {
        return embedOne(text(document), InputType.DOCUMENT);
    }

    private float[] embedOne(String text, InputType type) {
        TokapuEmbeddingOptions asked =
                TokapuEmbeddingOptions.builder().inputType(type).build();
        return call(new EmbeddingRequest(List.of(text), asked)).getResult().getOutput();
    }

    /** {@return the vectors of documents' texts, in their order} */
    @Override
    public List<float[]> embed(
            List<Document> documents, @Nullable EmbeddingOptions asked, BatchingStrategy batchingStrategy) {
        TokapuEmbeddingOptions ofDocuments = TokapuEmbeddingOptions.of(asked)
                .mutate()
                .inputType(InputType.DOCUMENT)
                .build();
        return EmbeddingModel.super.embed(documents, ofDocuments, batchingStrategy);
    }

    @Override
    public String getEmbeddingContent(Document document) {
        return text(document);
    }

    private static String text(Document document) {
        String text = document.getText();
        if (text == null) {
            throw new UnsupportedOperationException(
                    "document " + document.getId() + " has no text but media; embed texts alone");
        }
        return text;
    }

    @Override
    public int dimensions() {
        return options.getDimensions() == null ? embedder.dimensions() : options.getDimensions();
    }

    /** {@return what holds where a request says nothing; with the name of the model} */
    public TokapuEmbeddingOptions getOptions() {
        return options;
    }

    /** Sets what observations are called and have. */
    public void setObservationConvention(EmbeddingModelObservationConvention value) {
        convention = Objects.requireNonNull(value, "convention");
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
    public static final class Builder {

        private @Nullable Embedder embedder;
        private TokapuEmbeddingOptions options =
                TokapuEmbeddingOptions.builder().build();
        private ObservationRegistry observations = ObservationRegistry.NOOP;

        private Builder() {}

        /** Sets what computes the vectors, over an engine or with a context of its own; closing it stays the caller's. */
        public Builder embedder(Embedder value) {
            embedder = Objects.requireNonNull(value, "embedder");
            return this;
        }

        /** Sets what holds where a request says nothing; {@code model} of them is what the model is called, that in its file unless set. */
        public Builder options(TokapuEmbeddingOptions value) {
            options = Objects.requireNonNull(value, "options");
            return this;
        }

        /** Sets where calls are observed; nowhere unless set. */
        public Builder observationRegistry(ObservationRegistry value) {
            observations = Objects.requireNonNull(value, "observationRegistry");
            return this;
        }

        /**
         * The embedding model.
         *
         * @return the model; it needs no closing
         * @throws NullPointerException when no embedder is set
         */
        public TokapuEmbeddingModel build() {
            return new TokapuEmbeddingModel(this);
        }
    }
}
