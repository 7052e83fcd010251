package dev.tokapu.engine;

import dev.tokapu.Pooling;
import dev.tokapu.ranking.RankedDocument;
import dev.tokapu.ranking.RerankPrompt;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Scores how well documents fit a query, with a reranking model on an {@link Engine}; documents of many queries share a step. The scores are those of
 * llama-server's {@code /rerank}.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class Reranker {

    private final Engine engine;
    private final RerankPrompt prompt;

    private Reranker(Engine engine) {
        this.engine = engine;
        this.prompt = RerankPrompt.of(engine.model());
    }

    /**
     * Creates a reranker that runs on an engine.
     *
     * @param engine an engine of a reranking model, started with {@link dev.tokapu.ContextOptions.Builder#embeddings embeddings(true)}
     * @return the reranker, to be used while the engine is open
     * @throws UnsupportedOperationException when the engine gives no scores
     */
    public static Reranker of(Engine engine) {
        if (!isPossible(engine)) {
            throw new UnsupportedOperationException(
                    engine.options().context().embeddings()
                            ? "this engine makes embeddings, not scores; take a reranking model, with Pooling.RANK"
                            : "this engine generates answers, not scores; take a reranking model and start its engine with"
                                    + " embeddings(true)");
        }
        return new Reranker(engine);
    }

    /**
     * Whether an engine gives scores.
     *
     * @param engine the engine
     * @return whether {@link #of} takes it
     */
    public static boolean isPossible(Engine engine) {
        EngineCore core = engine.core();
        return core.config().embeds() && core.context().info().pooling() == Pooling.RANK;
    }

    /**
     * Scores documents.
     *
     * @param request query and documents
     * @return the documents that fit best, the best first; cancelling the future cancels what is not computed yet. It fails as that of
     *     {@link Engine#embed(EmbedRequest)}
     * @throws RequestRejectedException when the queue has no room for all of them; none is computed then
     * @throws dev.tokapu.exception.ContextOverflowException when a document is too long for a sequence, together with the query
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public CompletableFuture<List<RankedDocument>> rerank(RerankRequest request) {
        RerankPrompt.Query query = prompt.query(request.query());
        CompletableFuture<List<float[]>> outputs = TaskSubmitter.all(
                request.documents(),
                document -> engine.embed(EmbedRequest.builder(query.tokens(document))
                        .scheduling(request.scheduling())
                        .build()));
        CompletableFuture<List<RankedDocument>> ranked =
                outputs.thenApply(scores -> RankedDocument.best(scores, request.topN()));
        CompletableFuture<List<RankedDocument>> unused = ranked.whenComplete((documents, failure) -> {
            if (ranked.isCancelled()) {
                outputs.cancel(false);
            }
        });
        return ranked;
    }

    /**
     * Scores all documents.
     *
     * @param query what is looked for
     * @param documents the documents
     * @return the documents, the best first, as {@link #rerank(RerankRequest)} gives them
     */
    public CompletableFuture<List<RankedDocument>> rerank(String query, List<String> documents) {
        return rerank(RerankRequest.of(query, documents));
    }

    @Override
    public String toString() {
        return "Reranker[" + engine + "]";
    }
}
