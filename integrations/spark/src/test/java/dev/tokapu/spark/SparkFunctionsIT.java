package dev.tokapu.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TestModels;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.ranking.Reranker;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns of vectors and scores, and functions of SQL, in local mode. */
class SparkFunctionsIT extends LocalSparkTests {

    @TempDir
    static Path folder;

    @Test
    void embed_texts_haveTheVectorsOfAnEmbedder() {
        List<Row> rows = TokapuSpark.of(tiny().pooling(Pooling.MEAN).build())
                .embed(LocalSpark.rows(session, 5, 2), "prompt", "vector")
                .collectAsList();
        try (Model model = TestModels.tiny();
                Embedder embedder = Embedder.open(
                        model,
                        EmbedderOptions.builder()
                                .context(
                                        TestModels.small().pooling(Pooling.MEAN).build())
                                .build())) {
            for (Row row : rows) {
                float[] vector = embedder.embed(row.getString(1));
                List<Float> value = answer(row).getList(1);
                assertThat(value).hasSize(vector.length);
                for (int i = 0; i < vector.length; i++) {
                    assertThat(value.get(i)).isCloseTo(vector[i], within(0.01f));
                }
            }
        }
    }

    @Test
    void rerank_documents_haveTheScoresOfAReranker() throws IOException {
        Path file = Files.write(folder.resolve("reranker.gguf"), TinyPositionsGguf.RANKING.bytes(writer -> {}));
        Dataset<Row> rows = LocalSpark.rows(session, List.of("The fish", "water and salt"), 1)
                .selectExpr("'the sea' AS query", "prompt");
        List<Row> scored = TokapuSpark.of(
                        TokapuSparkOptions.builder(file.toString()).build())
                .rerank(rows, "query", "prompt", "score")
                .collectAsList();
        try (Model model = Model.load(file);
                Reranker reranker = Reranker.open(model)) {
            for (Row row : scored) {
                float expected = reranker.rerank("the sea", List.of(row.getString(1)))
                        .get(0)
                        .score();
                assertThat(answer(row).getFloat(1)).isCloseTo(expected, within(0.05f));
            }
        }
    }

    @Test
    void sql_registeredFunctions_giveTheSame() {
        SparkSession own = session.newSession();
        TokapuSpark.of(tiny().build()).register(own);
        Dataset<Row> rows = LocalSpark.rows(own, 4, 2);
        rows.createOrReplaceTempView("prompts");
        List<Row> answered = own.sql("SELECT id, prompt, tokapu_generate(prompt) AS answer FROM prompts ORDER BY id")
                .collectAsList();
        assertThat(texts(answered)).isEqualTo(texts(generated(tiny().build(), rows)));
    }

    @Test
    void sql_extension_takesItsOptionsFromTheSession() {
        SparkSession own = LocalSpark.builder("local[2,2]")
                .withExtensions(new TokapuExtensions())
                .create();
        SparkSession.setActiveSession(own);
        assertThatThrownBy(() -> own.sql("SELECT tokapu_generate('word 0')").collectAsList())
                .hasStackTraceContaining("spark.tokapu.model is not set");
        own.sql("SET spark.tokapu.model=" + TestModels.tinyFile()).collectAsList();
        own.sql("SET spark.tokapu.contextSize=128").collectAsList();
        own.sql("SET spark.tokapu.maxTokens=64").collectAsList();
        own.sql("SET spark.tokapu.completion=true").collectAsList();
        Row row = own.sql("SELECT answer.error, from_json(answer.value, 'good BOOLEAN').good FROM "
                        + "(SELECT tokapu_ask('word 0', '" + "{\"type\":\"object\",\"properties\":{\"good\":"
                        + "{\"type\":\"boolean\"}},\"required\":[\"good\"]}" + "') AS answer)")
                .first();
        assertThat(row.isNullAt(0)).isTrue();
        assertThat(row.get(1)).isInstanceOf(Boolean.class);
        assertThat(own.sql("SELECT tokapu_generate(CAST(NULL AS STRING)) IS NULL")
                        .first()
                        .getBoolean(0))
                .isTrue();
        Row refused =
                own.sql("SELECT tokapu_ask('word 0', '{') AS answer").first().getStruct(0);
        assertThat(refused.<Row>getAs("error").getString(0)).isEqualTo(RowErrorKind.INVALID_SCHEMA.name());
    }
}
