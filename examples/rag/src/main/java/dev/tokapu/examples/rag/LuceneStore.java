package dev.tokapu.examples.rag;

import dev.tokapu.examples.search.Passage;
import dev.tokapu.examples.search.PassageIndex;
import dev.tokapu.examples.search.SearchBy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/** A folder with an index of Lucene: vectors, words, and both joined. */
final class LuceneStore implements PassageStore {

    private final Directory directory;

    private LuceneStore(Directory directory) {
        this.directory = directory;
    }

    static LuceneStore open(Path folder) throws IOException {
        return new LuceneStore(FSDirectory.open(folder));
    }

    @Override
    public void replace(List<Passage> passages, List<float[]> vectors) throws IOException {
        PassageIndex.write(directory, passages, vectors);
    }

    @Override
    public List<SearchBy> kinds() {
        return List.of(SearchBy.values());
    }

    @Override
    public List<Passage> find(SearchBy by, String question, float[] vector, int count) throws IOException {
        try (PassageIndex index = PassageIndex.open(directory)) {
            return index.find(by, question, vector, count);
        }
    }

    @Override
    public void close() throws IOException {
        directory.close();
    }
}
