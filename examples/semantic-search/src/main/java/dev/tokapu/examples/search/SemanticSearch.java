package dev.tokapu.examples.search;

import dev.tokapu.Model;
import dev.tokapu.embedding.EmbedProgress;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.embedding.LongTexts;
import dev.tokapu.source.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.QueryBuilder;

/** Finds the paragraphs of a folder's documents that answer a question: by meaning, by words (BM25), and by both. */
public final class SemanticSearch {

    private static final int FOUND = 20; // of each kind, of which the best are shown
    private static final int SHOWN = 3;
    private static final double RANK_OFFSET = 60; // of reciprocal rank fusion, as its authors have it
    private static final Pattern BLANK_LINES = Pattern.compile("\\R\\s*\\R");

    private SemanticSearch() {}

    /** A paragraph of a file. */
    private record Paragraph(String file, String text) {}

    public static void main(String[] args) throws IOException {
        if (args.length < 3) {
            System.err.println("usage: SemanticSearch MODEL FOLDER QUESTION...");
            System.exit(2);
        }
        List<Paragraph> paragraphs = paragraphs(Path.of(args[1]));
        EmbedderOptions options =
                EmbedderOptions.builder().longTexts(LongTexts.SPLIT).build();
        try (Model model = Model.load(ModelSource.of(args[0]));
                Embedder embedder = Embedder.open(model, options);
                Directory index = index(paragraphs, embedder);
                DirectoryReader reader = DirectoryReader.open(index)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            for (String question : List.of(args).subList(2, args.length)) {
                answer(searcher, embedder, question);
            }
        }
    }

    private static List<Paragraph> paragraphs(Path folder) throws IOException {
        List<Paragraph> paragraphs = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(SemanticSearch::isText).sorted().toList()) {
                BLANK_LINES
                        .splitAsStream(Files.readString(file))
                        .map(String::strip)
                        .filter(text -> !text.isEmpty())
                        .forEach(text -> paragraphs.add(
                                new Paragraph(folder.relativize(file).toString(), text)));
            }
        }
        return paragraphs;
    }

    private static boolean isText(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".txt") || name.endsWith(".md");
    }

    private static Directory index(List<Paragraph> paragraphs, Embedder embedder) throws IOException {
        List<float[]> vectors =
                embedder.embedDocuments(paragraphs.stream().map(Paragraph::text).toList(), EmbedProgress.NONE);
        Directory directory = new ByteBuffersDirectory();
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()))) {
            for (int i = 0; i < paragraphs.size(); i++) {
                Document document = new Document();
                document.add(new StoredField("file", paragraphs.get(i).file()));
                document.add(new TextField("text", paragraphs.get(i).text(), Field.Store.YES));
                // vectors of length 1: their product is the cosine
                document.add(new KnnFloatVectorField("vector", vectors.get(i), VectorSimilarityFunction.DOT_PRODUCT));
                writer.addDocument(document);
            }
        }
        return directory;
    }

    private static void answer(IndexSearcher searcher, Embedder embedder, String question) throws IOException {
        Query meaning = new KnnFloatVectorQuery("vector", embedder.embedQuery(question), FOUND);
        Query words = new QueryBuilder(new StandardAnalyzer()).createBooleanQuery("text", question);
        Map<String, List<Integer>> found = new LinkedHashMap<>();
        found.put("meaning", best(searcher, meaning));
        found.put("words", words == null ? List.of() : best(searcher, words));
        found.put("both", fused(List.copyOf(found.values())));
        System.out.println(question);
        for (Map.Entry<String, List<Integer>> kind : found.entrySet()) {
            System.out.println("  by " + kind.getKey());
            for (int id : kind.getValue().stream().limit(SHOWN).toList()) {
                Document document = searcher.storedFields().document(id);
                System.out.println("    " + document.get("file") + ": " + line(document.get("text")));
            }
        }
    }

    private static List<Integer> best(IndexSearcher searcher, Query query) throws IOException {
        List<Integer> ids = new ArrayList<>();
        for (ScoreDoc hit : searcher.search(query, FOUND).scoreDocs) {
            ids.add(hit.doc);
        }
        return ids;
    }

    /** Reciprocal rank fusion: scores of different kinds have no common measure, places have. */
    private static List<Integer> fused(List<List<Integer>> rankings) {
        Map<Integer, Double> scores = new LinkedHashMap<>();
        for (List<Integer> ranking : rankings) {
            for (int place = 0; place < ranking.size(); place++) {
                scores.merge(ranking.get(place), 1 / (RANK_OFFSET + place), Double::sum);
            }
        }
        return scores.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String line(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= 100 ? line : line.substring(0, 97) + "...";
    }
}
