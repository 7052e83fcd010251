package dev.tokapu.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.ChildJvm;
import java.io.IOException;
import java.util.List;
import org.apache.spark.SparkBuildInfo;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** A client of Spark Connect in a JVM of its own, which has the client's jar in place of Spark's. */
final class ConnectClient {

    private ConnectClient() {}

    /** Runs it, which must end well. */
    static void run(PySpark distribution, String... arguments) {
        String client = "jars/connect-repl/spark-connect-client-jvm_2.13-" + SparkBuildInfo.spark_version() + ".jar";
        ChildJvm.Result result = Clusters.jvm(ConnectClient.class.getName())
                .without("/spark-sql_2.13/")
                .withJar(distribution.home().resolve(client))
                .run(arguments);
        assertThat(result.exit()).as(result.err()).isZero();
    }

    /** Answers a few rows with the methods, and with functions that it registers: {@code URL MODEL}. */
    public static void main(String[] args) throws IOException {
        try (SparkSession session = SparkSession.builder().remote(args[0]).getOrCreate()) {
            assertThat(session.getClass().getName()).isEqualTo("org.apache.spark.sql.connect.SparkSession");
            TokapuSpark tokapu = TokapuSpark.of(TokapuSparkOptions.builder(args[1])
                    .contextSize(512)
                    .maxTokens(16)
                    .reproducible(true)
                    .build());
            List<String> prompts = List.of("Hello", "much too long ".repeat(1000), "Good bye");
            Dataset<Row> rows = LocalSpark.rows(session, prompts, 2);
            List<Row> answered = tokapu.generate(rows, "prompt", "answer").collectAsList();
            assertThat(answered.get(0).getStruct(2).getString(0)).isNotEmpty();
            assertThat(answered.get(1).getStruct(2).<Row>getAs("error").<String>getAs("kind"))
                    .isEqualTo(RowErrorKind.PROMPT_TOO_LONG.name());

            AnswerSchema schema = AnswerSchema.of(StructType.fromDDL("good BOOLEAN"));
            Row asked = tokapu.ask(rows.limit(1), "prompt", schema, "answer")
                    .selectExpr("answer.value.good")
                    .first();
            assertThat(asked.get(0)).isInstanceOf(Boolean.class);

            tokapu.register(session);
            assertThat(texts(rows.selectExpr("id", "prompt", "tokapu_generate(prompt) AS answer")
                            .collectAsList()))
                    .isEqualTo(texts(answered));
        }
    }

    private static List<String> texts(List<Row> rows) {
        return rows.stream().map(row -> row.getStruct(2).getString(0)).toList();
    }
}
