package dev.tokapu.examples.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
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
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.QueryBuilder;

/** Passages in an index of Lucene: their words, for BM25, and their vectors. */
public final class PassageIndex implements AutoCloseable {

    private static final int FOUND = 20; // of words and of meaning, before both are joined
    private static final double RANK_OFFSET = 60; // of reciprocal rank fusion, as its authors have it

    private final DirectoryReader reader;
    private final IndexSearcher searcher;

    private PassageIndex(DirectoryReader reader) {
        this.reader = reader;
        searcher = new IndexSearcher(reader);
    }

    /** Opens an index that was written. */
    public static PassageIndex open(Directory directory) throws IOException {
        return new PassageIndex(DirectoryReader.open(directory));
    }

    /** Writes passages and their vectors, of length 1, in place of what the index had. */
    public static void write(Directory directory, List<Passage> passages, List<float[]> vectors) throws IOException {
        IndexWriterConfig config =
                new IndexWriterConfig(new EnglishAnalyzer()).setOpenMode(IndexWriterConfig.OpenMode.CREATE);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            for (int i = 0; i < passages.size(); i++) {
                Document document = new Document();
                document.add(new StoredField("file", passages.get(i).file()));
                document.add(new TextField("text", passages.get(i).text(), Field.Store.YES));
                // vectors of length 1: their product is the cosine
                document.add(new KnnFloatVectorField("vector", vectors.get(i), VectorSimilarityFunction.DOT_PRODUCT));
                writer.addDocument(document);
            }
        }
    }

    /**
     * The passages that fit a question best, the best first.
     *
     * @param vector of the question; by words it does not matter
     * @param count at most so many, 1 to 20
     */
    public List<Passage> find(SearchBy by, String question, float[] vector, int count) throws IOException {
        List<Integer> ids = switch (by) {
            case WORDS -> words(question);
            case MEANING -> meaning(vector);
            case BOTH -> fused(List.of(meaning(vector), words(question)));
        };
        List<Passage> passages = new ArrayList<>();
        for (int id : ids.stream().limit(count).toList()) {
            Document document = searcher.storedFields().document(id);
            passages.add(new Passage(document.get("file"), document.get("text")));
        }
        return passages;
    }

    private List<Integer> meaning(float[] vector) throws IOException {
        return best(new KnnFloatVectorQuery("vector", vector, FOUND));
    }

    private List<Integer> words(String question) throws IOException {
        Query query = new QueryBuilder(new EnglishAnalyzer()).createBooleanQuery("text", question);
        return query == null ? List.of() : best(query);
    }

    private List<Integer> best(Query query) throws IOException {
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

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
