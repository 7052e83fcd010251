package dev.tokapu.examples.rag;

import dev.tokapu.Model;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.testsupport.MiniLm;
import org.junit.jupiter.api.Test;

/** PostgreSQL with pgvector, which CI has not: in the profile {@code pgvector}. */
class PgVectorCheck {

    @Test
    void postgresql_findsWhatAnswersMostQuestions() throws Exception {
        try (Model model = Model.load(MiniLm.F16.file());
                Embedder embedder = Embedder.open(model);
                PassageStore store = PassageStore.open(System.getProperty("tokapu.postgres"))) {
            Handbook.check(new Retriever(store, embedder, null));
        }
    }
}
