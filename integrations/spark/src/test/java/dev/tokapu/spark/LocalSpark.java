package dev.tokapu.spark;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Sessions and rows of the tests. */
final class LocalSpark {

    private LocalSpark() {}

    static SparkSession start(String master) {
        return builder(master).getOrCreate();
    }

    static SparkSession.Builder builder(String master) {
        return SparkSession.builder()
                .master(master)
                .appName("tokapu")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "2")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1");
    }

    /** Rows with a number and a prompt. */
    static Dataset<Row> rows(SparkSession session, int count, int partitions) {
        return rows(
                session, IntStream.range(0, count).mapToObj(i -> "word " + i).toList(), partitions);
    }

    /** In order: a partition has the rows that follow those of the one before it. */
    static Dataset<Row> rows(SparkSession session, List<String> prompts, int partitions) {
        Column all = functions.lit(prompts.toArray(new String[0]));
        return session.range(0, prompts.size(), 1, partitions)
                .select(
                        functions.col("id").cast("int").as("id"),
                        functions
                                .element_at(all, functions.col("id").plus(1).cast("int"))
                                .as("prompt"));
    }
}
