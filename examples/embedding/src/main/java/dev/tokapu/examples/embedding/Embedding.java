package dev.tokapu.examples.embedding;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;
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
        ModelSource source = args.length > 0 ? ModelSource.file(Path.of(args[0])) : DefaultModel.source();
        try (Model model = Model.load(source)) {
            List<int[]> sentences = SENTENCES.stream()
                    .map(sentence -> model.vocab().tokenize(sentence))
                    .toList();
            int tokens =
                    sentences.stream().mapToInt(sentence -> sentence.length).sum();

            // each sentence is a sequence of its own; mean pooling wants all of it in one micro-batch, and llama.cpp
            // wants the
            // size of a micro-batch to be a multiple of the number of sequences
            int size = (tokens + 255) / 256 * 256;
            ContextOptions options = ContextOptions.builder()
                    .embeddings(true)
                    .pooling(Pooling.MEAN)
                    .maxSequences(sentences.size())
                    .kvCache(kv -> kv.unified(true))
                    .contextSize(size)
                    .batchSize(size)
                    .microBatchSize(size)
                    .build();
            try (Context context = model.newContext(options)) {
                Batch batch = new Batch(tokens);
                for (int sequence = 0; sequence < sentences.size(); sequence++) {
                    int[] sentence = sentences.get(sequence);
                    for (int position = 0; position < sentence.length; position++) {
                        batch.add(sentence[position], position, sequence, true);
                    }
                }
                context.decode(batch);
                for (int a = 0; a < sentences.size(); a++) {
                    for (int b = a + 1; b < sentences.size(); b++) {
                        double similarity = cosine(
                                context.outputs().sequenceEmbeddings(a),
                                context.outputs().sequenceEmbeddings(b));
                        System.out.printf(
                                Locale.ROOT, "%.3f  %s | %s%n", similarity, SENTENCES.get(a), SENTENCES.get(b));
                    }
                }
            }
        }
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double lengthA = 0;
        double lengthB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            lengthA += (double) a[i] * a[i];
            lengthB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(lengthA * lengthB);
    }
}
