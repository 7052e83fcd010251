package dev.tokapu.examples.rag;

import dev.tokapu.examples.search.Passage;
import dev.tokapu.examples.search.SearchBy;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** Passages and their vectors, which stay when the program ends. */
interface PassageStore extends AutoCloseable {

    /** The store of a name: a JDBC URL, or a folder for Lucene. */
    static PassageStore open(String name) throws IOException, SQLException {
        return name.startsWith("jdbc:") ? SqlStore.open(name) : LuceneStore.open(Path.of(name));
    }

    /** Replaces all passages and their vectors; vectors have length 1. */
    void replace(List<Passage> passages, List<float[]> vectors) throws IOException, SQLException;

    /** How it can search. */
    List<SearchBy> kinds();

    /** The passages that fit a question best, at most so many, the best first. */
    List<Passage> find(SearchBy by, String question, float[] vector, int count) throws IOException, SQLException;

    @Override
    void close() throws IOException, SQLException;
}
