package dev.tokapu.examples.rag;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.examples.search.Passage;
import dev.tokapu.examples.search.SearchBy;
import dev.tokapu.ranking.Reranker;
import dev.tokapu.testsupport.MiniLm;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class RagIT {

    private static final String QUESTION = "How far can I get with one charge?";

    @TempDir
    Path folder;

    @Test
    void stores_findWhatAnswersMostQuestions() throws Exception {
        try (Model model = Model.load(MiniLm.F16.file());
                Embedder embedder = Embedder.open(model);
                PassageStore lucene = PassageStore.open(folder.resolve("lucene").toString());
                PassageStore h2 = PassageStore.open("jdbc:h2:" + folder.resolve("h2"))) {
            Retriever ofLucene = new Retriever(lucene, embedder, null);
            Retriever ofH2 = new Retriever(h2, embedder, null);
            Handbook.check(ofLucene);
            Handbook.check(ofH2);
            assertThat(ofLucene.find(SearchBy.MEANING, QUESTION, 1))
                    .isEqualTo(ofH2.find(SearchBy.MEANING, QUESTION, 1))
                    .singleElement()
                    .satisfies(passage -> assertThat(passage.text()).contains("60 kilometres"));
            assertThat(ofLucene.find(SearchBy.WORDS, "What is kit R2 for?", 1))
                    .singleElement()
                    .satisfies(passage -> assertThat(passage.text()).contains("kit R2"));
        }
    }

    @Test
    void find_withReranker_sortsTheCandidates() throws Exception {
        Path file = Files.write(folder.resolve("ranking.gguf"), TinyPositionsGguf.RANKING.bytes());
        try (Model model = Model.load(MiniLm.F16.file());
                Embedder embedder = Embedder.open(model);
                Model ranking = Model.load(file);
                Reranker reranker = Reranker.open(ranking);
                PassageStore store = PassageStore.open("jdbc:h2:mem:")) {
            Retriever retriever = new Retriever(store, embedder, reranker);
            retriever.ingest(Path.of(Handbook.FOLDER));
            List<Passage> found = retriever.find(SearchBy.MEANING, QUESTION, 3);
            assertThat(found).hasSize(3).doesNotHaveDuplicates();
            assertThat(store.find(SearchBy.MEANING, QUESTION, embedder.embedQuery(QUESTION), 20))
                    .containsAll(found);
        }
    }

    @Test
    @Tag("ffm")
    void main_ingestAskMeasure_citesOnlyWhatWasFound() throws Exception {
        String store = folder.resolve("index").toString();
        assertThat(run(store, "ingest", Handbook.FOLDER)).isEqualTo("38 passages\n");
        List<String> answer = run(store, "ask", QUESTION).lines().toList();
        assertThat(answer.get(0)).isEqualTo(QUESTION);
        String sentence = "[^\\[\\]]+ \\[[1-4]]";
        assertThat(answer.get(1)).matches("The passages do not say\\.|" + sentence + "( " + sentence + ")?");
        assertThat(answer.subList(2, answer.size()))
                .allSatisfy(source -> assertThat(source).matches("  \\[[1-4]] [a-z]+\\.md: .+"));
        assertThat(run(store, "measure", Handbook.QUESTIONS))
                .containsPattern("meaning: hit rate at 1: 0\\.\\d\\d, .*; MRR: 0\\.\\d\\d\\nwords: .*\\nboth: ");
    }

    private static String run(String... args) throws Exception {
        String[] all = new String[args.length + 2];
        all[0] = "--embedder";
        all[1] = MiniLm.F16.file().toString();
        System.arraycopy(args, 0, all, 2, args.length);
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            Rag.main(all);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
