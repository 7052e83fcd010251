package dev.tokapu.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.TestModels;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** A session in local mode, and a tiny model that says nonsense, but always the same. */
@Timeout(300)
abstract class LocalSparkTests {

    static final int TOKENS = 6;

    static SparkSession session;
    static long handles;

    @BeforeAll
    static void start() {
        handles = TestModels.liveHandles();
        session = LocalSpark.start("local[2,2]"); // that of all classes, with two threads; a task is tried twice
    }

    @AfterEach
    void engines_unused_leaveNothing() {
        TokapuSpark.closeIdleEngines();
        assertThat(ExecutorEngines.open()).isZero();
        assertThat(TestModels.liveHandles()).isEqualTo(handles);
    }

    static TokapuSparkOptions.Builder tiny() {
        return TokapuSparkOptions.builder(TestModels.tinyFile().toString())
                .maxSequences(2)
                .contextSize(128)
                .maxTokens(TOKENS)
                .reproducible(true);
    }

    static List<Row> generated(TokapuSparkOptions options, Dataset<Row> rows) {
        return TokapuSpark.of(options).generate(rows, "prompt", "answer").collectAsList();
    }

    static Row answer(Row row) {
        return row.getStruct(2);
    }

    static List<String> texts(List<Row> rows) {
        return rows.stream().map(row -> answer(row).<String>getAs("text")).toList();
    }
}
