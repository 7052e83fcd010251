package dev.tokapu.examples.rag;

import dev.tokapu.embedding.EmbedProgress;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.examples.search.Passage;
import dev.tokapu.examples.search.SearchBy;
import dev.tokapu.ranking.RankedDocument;
import dev.tokapu.ranking.RerankRequest;
import dev.tokapu.ranking.Reranker;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds passages for questions: the store has them, the embedder makes the vectors, a reranker may sort what was found. */
record Retriever(
        PassageStore store, Embedder embedder, @Nullable Reranker reranker) {

    private static final int CANDIDATES = 20; // for the reranker

    /** Puts the passages of a folder into the store, and says how many there are. */
    int ingest(Path folder) throws IOException, SQLException {
        List<Passage> passages = Passage.of(folder);
        List<String> texts = passages.stream().map(Passage::text).toList();
        store.replace(passages, embedder.embedDocuments(texts, EmbedProgress.NONE));
        return passages.size();
    }

    /** The passages that fit a question best, at most so many, the best first. */
    List<Passage> find(SearchBy by, String question, int count) throws IOException, SQLException {
        float[] vector = embedder.embedQuery(question);
        if (reranker == null) {
            return store.find(by, question, vector, count);
        }
        List<Passage> found = store.find(by, question, vector, CANDIDATES);
        List<String> texts = found.stream().map(Passage::text).toList();
        RerankRequest request = RerankRequest.builder(question, texts)
                .topN(count)
                .truncated(true)
                .build();
        return reranker.rerank(request).stream()
                .map(RankedDocument::index)
                .map(found::get)
                .toList();
    }
}
