package dev.tokapu.examples.rag;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.examples.search.SearchBy;
import java.nio.file.Path;
import java.util.List;

/** What a store has to make of the documents and questions of this example. */
final class Handbook {

    static final String FOLDER = "handbook";
    static final String QUESTIONS = "questions.tsv";

    private Handbook() {}

    /**
     * Most questions find their passage by meaning: 37 of 40 among the first five, and 30 at once. These numbers depend on the vectors alone, which are
     * the same on all processors within rounding; rounding may exchange two neighbours, so a tenth of the questions is left as a margin.
     */
    static void check(Retriever retriever) throws Exception {
        assertThat(retriever.ingest(Path.of(FOLDER))).isEqualTo(38);
        assertThat(retriever.ingest(Path.of(FOLDER))).isEqualTo(38); // in place of those before
        List<Evaluation.Question> questions = Evaluation.Question.read(Path.of(QUESTIONS));
        Evaluation found = Evaluation.of(retriever, SearchBy.MEANING, questions);
        assertThat(found.hitRate(5)).as(found.toString()).isGreaterThan(0.82);
        assertThat(found.meanReciprocalRank()).as(found.toString()).isGreaterThan(0.72);
        assertThat(retriever.find(SearchBy.MEANING, "How long does the accumulator last?", 38))
                .hasSizeBetween(20, 38)
                .doesNotHaveDuplicates();
    }
}
