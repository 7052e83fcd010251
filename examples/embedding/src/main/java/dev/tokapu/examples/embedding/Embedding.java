package dev.tokapu.examples.embedding;

import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.embedding.Similarity;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.util.List;
import java.util.Locale;

/** Compares sentences by meaning: one vector each, the mean over its tokens, and the cosine of the angle between two. */
public final class Embedding {

    private static final List<String> SENTENCES = List.of(
            "The cat sleeps on the sofa.",
            "A kitten is napping on the couch.",
            "The central bank raised interest rates.",
            "Borrowing money has become more expensive.");

    private Embedding() {}

    public static void main(String[] args) {
        ModelSource source = args.length > 0 ? ModelSource.of(args[0]) : DefaultModel.source();
        // an embedding model says itself how to pool
        EmbedderOptions options = EmbedderOptions.builder()
                .pooling(args.length > 0 ? Pooling.UNSPECIFIED : Pooling.MEAN)
                .build();
        try (Model model = Model.load(source);
                Embedder embedder = Embedder.open(model, options)) {
            List<float[]> vectors = embedder.embed(SENTENCES);
            for (int a = 0; a < vectors.size(); a++) {
                for (int b = a + 1; b < vectors.size(); b++) {
                    double similarity = Similarity.cosine(vectors.get(a), vectors.get(b));
                    System.out.printf(Locale.ROOT, "%.3f  %s | %s%n", similarity, SENTENCES.get(a), SENTENCES.get(b));
                }
            }
        }
    }
}
