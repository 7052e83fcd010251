package dev.tokapu.examples.search;

import dev.tokapu.Model;
import dev.tokapu.embedding.EmbedProgress;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.embedding.LongTexts;
import dev.tokapu.source.ModelSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;

/** Finds the paragraphs of a folder's documents that answer a question: by meaning, by words (BM25), and by both. */
public final class SemanticSearch {

    private static final int SHOWN = 3;

    private SemanticSearch() {}

    public static void main(String[] args) throws IOException {
        if (args.length < 3) {
            System.err.println("usage: SemanticSearch MODEL FOLDER QUESTION...");
            System.exit(2);
        }
        List<Passage> passages = Passage.of(Path.of(args[1]));
        EmbedderOptions options =
                EmbedderOptions.builder().longTexts(LongTexts.SPLIT).build();
        try (Model model = Model.load(ModelSource.of(args[0]));
                Embedder embedder = Embedder.open(model, options);
                Directory directory = new ByteBuffersDirectory()) {
            List<String> texts = passages.stream().map(Passage::text).toList();
            PassageIndex.write(directory, passages, embedder.embedDocuments(texts, EmbedProgress.NONE));
            try (PassageIndex index = PassageIndex.open(directory)) {
                for (String question : List.of(args).subList(2, args.length)) {
                    answer(index, question, embedder.embedQuery(question));
                }
            }
        }
    }

    private static void answer(PassageIndex index, String question, float[] vector) throws IOException {
        System.out.println(question);
        for (SearchBy by : SearchBy.values()) {
            System.out.println("  by " + by.name().toLowerCase(Locale.ROOT));
            for (Passage passage : index.find(by, question, vector, SHOWN)) {
                System.out.println("    " + passage.file() + ": " + passage.line());
            }
        }
    }
}
