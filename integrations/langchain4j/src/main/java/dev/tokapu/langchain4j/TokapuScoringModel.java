package dev.tokapu.langchain4j;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.langchain4j.spi.ServiceHelper;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import dev.tokapu.ranking.RankedDocument;
import dev.tokapu.ranking.Reranker;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * LangChain4j's scoring model on a reranking model of this process: how well texts fit a query. The scores are the model's own, higher for
 * what fits better, and comparable only with each other.
 *
 * <p>Thread safety: safe. With a context of its own calls wait for each other, on an engine they share steps.
 *
 * @since 0.1
 */
public final class TokapuScoringModel implements ScoringModel, AutoCloseable {

    private final Reranker reranker;

    private TokapuScoringModel(Reranker reranker) {
        this.reranker = reranker;
    }

    /** {@return a builder; a {@link TokapuScoringModelBuilderFactory} that the class path has may give another} */
    public static Builder builder() {
        for (TokapuScoringModelBuilderFactory factory :
                ServiceHelper.loadFactories(TokapuScoringModelBuilderFactory.class)) {
            return factory.get();
        }
        return new Builder();
    }

    @Override
    public Response<List<Double>> scoreAll(List<TextSegment> segments, String query) {
        List<String> texts = segments.stream().map(TextSegment::text).toList();
        return Response.from(Failures.mapped(() -> scores(texts, query)));
    }

    private List<Double> scores(List<String> texts, String query) {
        Double[] scores = new Double[texts.size()];
        if (scores.length > 0) {
            for (RankedDocument document : reranker.rerank(query, texts)) {
                scores[document.index()] = (double) document.score();
            }
        }
        return Arrays.asList(scores);
    }

    /** Closes the context of its own; an engine or a model that the builder was given stays open. Idempotent. */
    @Override
    public void close() {
        reranker.close();
    }

    @Override
    public String toString() {
        return "TokapuScoringModel[" + reranker + "]";
    }

    /**
     * A builder for {@link TokapuScoringModel}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static class Builder {

        private @Nullable Engine engine;
        private @Nullable Model model;
        private ContextOptions context = ContextOptions.defaults();

        /** Nothing is set. */
        public Builder() {}

        /** Computes with an engine of a reranking model that makes embeddings; it stays open when the scoring model is closed. */
        public Builder engine(Engine value) {
            engine = Objects.requireNonNull(value, "engine");
            return this;
        }

        /** Computes with a model and a context of its own; the model stays open when the scoring model is closed. */
        public Builder model(Model value) {
            model = Objects.requireNonNull(value, "model");
            return this;
        }

        /** Sets the context that a {@link #model} gets. */
        public Builder contextOptions(ContextOptions value) {
            context = Objects.requireNonNull(value, "contextOptions");
            return this;
        }

        /**
         * The scoring model.
         *
         * @return the model, to be closed by the caller where it has a context of its own
         * @throws dev.tokapu.exception.ContextCreationException when the context cannot be made, for example for lack of memory
         * @throws UnsupportedOperationException when the model gives no scores
         * @throws IllegalArgumentException when not exactly one of engine and model is set
         */
        public TokapuScoringModel build() {
            if (Stream.of(engine, model).filter(Objects::nonNull).count() != 1) {
                throw new IllegalArgumentException(
                        "engine is " + engine + " and model is " + model + "; set one of them");
            }
            return new TokapuScoringModel(
                    engine == null ? Reranker.open(Objects.requireNonNull(model), context) : Reranker.of(engine));
        }
    }
}
