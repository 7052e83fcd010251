package dev.tokapu.ranking;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.embedding.ContextEncoder;
import dev.tokapu.embedding.EmbedProgress;
import dev.tokapu.embedding.TextEncoder;
import dev.tokapu.exception.ContextOverflowException;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores how well documents fit a query, with a reranking model. The scores are those of llama-server's {@code /rerank}.
 *
 * <p>A call ends with a {@link java.util.concurrent.CancellationException} when its thread is interrupted, whose flag stays set, or when its
 * {@link EmbedProgress} says so.
 *
 * <p>Thread safety: safe. With a context of its own calls wait for each other, on an engine they share steps.
 *
 * @since 0.1
 */
public final class Reranker implements AutoCloseable {

    private final TextEncoder encoder;
    private final RerankPrompt prompt;
    private final Runnable onClose;

    private Reranker(TextEncoder encoder, Runnable onClose) {
        if (encoder.pooling() != Pooling.RANK) {
            throw new UnsupportedOperationException(encoder.model() + " makes embeddings here (Pooling."
                    + encoder.pooling() + "), not scores; take a reranking model, with Pooling.RANK");
        }
        this.encoder = encoder;
        this.prompt = RerankPrompt.of(encoder.model());
        this.onClose = onClose;
    }

    /** {@return a reranker with a context of its own, to be closed by the caller} */
    public static Reranker open(Model model) {
        return open(model, ContextOptions.defaults());
    }

    /**
     * Opens a reranker with a context of its own.
     *
     * @param model a reranking model
     * @param options settings of the context, as {@link ContextEncoder#open} takes them
     * @return the reranker, to be closed by the caller
     * @throws dev.tokapu.exception.ContextCreationException when the context cannot be made, for example for lack of memory
     * @throws UnsupportedOperationException when the model has no classification head, or its template has no place for the query or for the document
     */
    public static Reranker open(Model model, ContextOptions options) {
        ContextEncoder encoder = ContextEncoder.openScoring(model, options);
        try {
            return new Reranker(encoder, encoder::close);
        } catch (Throwable e) {
            encoder.close();
            throw e;
        }
    }

    /**
     * Makes a reranker that computes with an encoder.
     *
     * @param encoder for example an engine with a reranking model that makes embeddings; it stays open when the reranker is closed
     * @return the reranker, to be used while the encoder is open
     * @throws UnsupportedOperationException when the encoder gives no scores
     */
    public static Reranker of(TextEncoder encoder) {
        return new Reranker(encoder, () -> {});
    }

    /** {@return the documents with their scores, the best first; documents with equal scores stay in the order of the list} */
    public List<RankedDocument> rerank(String query, List<String> documents) {
        return rerank(RerankRequest.of(query, documents));
    }

    /**
     * Scores documents.
     *
     * @param request query and documents
     * @return the documents that fit best, the best first
     * @throws dev.tokapu.exception.ContextOverflowException when a document is too long, together with the query, or when the query leaves no room
     *     for documents that may be cut
     * @throws IllegalStateException when it is closed
     */
    public List<RankedDocument> rerank(RerankRequest request) {
        return rerank(request, EmbedProgress.NONE);
    }

    /** {@return the same; the progress is told after each document, and may cancel} */
    public List<RankedDocument> rerank(RerankRequest request, EmbedProgress progress) {
        RerankPrompt.Query query = prompt.query(request.query());
        int room = encoder.sequenceContextSize();
        if (request.truncated() && query.tokens("").length >= room) {
            throw new ContextOverflowException(
                    query.tokens("").length,
                    room,
                    "the query leaves no room for a document: shorten it, or raise the context size");
        }
        int most = request.truncated() ? room : Integer.MAX_VALUE;
        List<int[]> prompts = new ArrayList<>();
        for (String document : request.documents()) {
            prompts.add(query.tokens(document, most));
        }
        float[][] scores = new float[prompts.size()][];
        int[] done = new int[1];
        encoder.encode(prompts, (document, outputs) -> {
            scores[document] = outputs[0];
            return progress.onProgress(++done[0], scores.length);
        });
        return RankedDocument.best(List.of(scores), request.topN());
    }

    /** {@return what it computes with} */
    public TextEncoder encoder() {
        return encoder;
    }

    /** Closes the context of its own, if it has one: a call that runs ends with an {@link IllegalStateException}. Idempotent. */
    @Override
    public void close() {
        onClose.run();
    }

    @Override
    public String toString() {
        return "Reranker[" + encoder + "]";
    }
}
