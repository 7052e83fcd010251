package dev.tokapu.examples.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.input_file_name;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.split;

import dev.tokapu.source.DefaultModel;
import dev.tokapu.spark.AnswerSchema;
import dev.tokapu.spark.TokapuMetrics;
import dev.tokapu.spark.TokapuSpark;
import dev.tokapu.spark.TokapuSparkOptions;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Makes a table of typed answers of a folder of texts. */
public final class TypedTexts {

    private static final String SCHEMA = """
            {
              "type": "object",
              "properties": {
                "mood": {"enum": ["GOOD", "BAD"]},
                "buysAgain": {"type": "boolean"}
              },
              "required": ["mood", "buysAgain"]
            }
            """;

    private TypedTexts() {}

    public static void main(String[] args) throws IOException {
        if (args.length < 1) {
            System.err.println("usage: TypedTexts FOLDER [MODEL [TABLE]]");
            System.exit(2);
        }
        String model = args.length > 1 ? args[1] : "classpath:" + DefaultModel.RESOURCE;
        try (SparkSession spark = SparkSession.builder()
                .appName("typed texts")
                .master(System.getProperty("spark.master", "local[2]")) // spark-submit sets another
                .getOrCreate()) {
            Dataset<Row> table = table(spark, args[0], model);
            if (args.length > 2) {
                table.write().parquet(args[2]);
            } else {
                table.show(false);
            }
        }
    }

    private static Dataset<Row> table(SparkSession spark, String folder, String model) {
        Dataset<Row> reviews = spark.read()
                .option("wholetext", true)
                .text(folder)
                .select(
                        element_at(split(input_file_name(), "/"), -1).as("file"),
                        concat(lit("A customer writes: "), col("value")).as("prompt"));
        TokapuSparkOptions options = TokapuSparkOptions.builder(model)
                .system("You sort reviews of customers.") // computed once for each executor
                .maxSequences(8) // rows that an executor computes at the same time
                .contextSize(1024) // tokens of a row, prompt and answer
                .maxTokens(60)
                .build();
        TokapuMetrics metrics = TokapuMetrics.of(spark);
        Dataset<Row> answered = TokapuSpark.of(options)
                .withMetrics(metrics)
                .ask(reviews, "prompt", AnswerSchema.ofJson(SCHEMA), "answer")
                .cache(); // or each action asks again
        System.out.println(answered.filter("answer.error IS NOT NULL").count() + " rows without an answer");
        System.out.println(metrics);
        return answered.select("file", "answer.value.*", "answer.error.kind");
    }
}
