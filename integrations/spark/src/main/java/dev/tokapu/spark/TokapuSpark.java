package dev.tokapu.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Columns that a model computes, on the executors of a Spark cluster: answers, typed values, vectors, scores.
 *
 * <p>Each executor has one engine, which its tasks share. A column is a struct {@code {text, value, finishReason, tokens, millis, error}}: a row that cannot
 * be computed has an {@code error} there ({@link RowErrorKind}), and the job goes on. A row whose text is null has null.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class TokapuSpark {

    private final TokapuSparkOptions options;
    private final @Nullable TokapuMetrics metrics;

    private TokapuSpark(TokapuSparkOptions options, @Nullable TokapuMetrics metrics) {
        this.options = options;
        this.metrics = metrics;
    }

    /** {@return columns of the model in the options; nothing is loaded here} */
    public static TokapuSpark of(TokapuSparkOptions options) {
        return new TokapuSpark(Objects.requireNonNull(options, "options"), null);
    }

    /** {@return the same, whose rows are counted} */
    public TokapuSpark withMetrics(TokapuMetrics value) {
        return new TokapuSpark(options, Objects.requireNonNull(value, "metrics"));
    }

    /**
     * Answers prompts.
     *
     * @param rows rows with a prompt
     * @param prompt the column of the prompts, a STRING
     * @param column the column to add
     * @return the rows in their order; {@code text} is the answer
     * @throws IllegalArgumentException when there is no column for the prompts, or one of the new name
     */
    public Dataset<Row> generate(Dataset<Row> rows, String prompt, String column) {
        return with(rows, column, Operation.of(Operation.Kind.GENERATE), prompt);
    }

    /**
     * Asks for values of a type. A grammar holds each answer to the schema, so that every model gives values.
     *
     * @param rows rows with a prompt
     * @param prompt the column of the prompts, a STRING
     * @param schema the type of the values
     * @param column the column to add
     * @return the rows in their order; {@code value} is the value, {@code text} its JSON
     * @throws IllegalArgumentException when there is no column for the prompts, or one of the new name
     */
    public Dataset<Row> ask(Dataset<Row> rows, String prompt, AnswerSchema schema, String column) {
        return with(rows, column, Operation.ask(schema), prompt);
    }

    /**
     * Makes vectors of texts, with an embedding model.
     *
     * @param rows rows with a text
     * @param text the column of the texts, a STRING
     * @param column the column to add
     * @return the rows in their order; {@code value} is the vector, of length 1, an ARRAY of FLOAT
     * @throws IllegalArgumentException when there is no column for the texts, or one of the new name
     */
    public Dataset<Row> embed(Dataset<Row> rows, String text, String column) {
        return with(rows, column, Operation.of(Operation.Kind.EMBED), text);
    }

    /**
     * Scores how well documents fit queries, with a reranking model.
     *
     * @param rows rows with a query and a document
     * @param query the column of the queries, a STRING
     * @param document the column of the documents, a STRING
     * @param column the column to add
     * @return the rows in their order; {@code value} is the score, a FLOAT, higher for what fits better
     * @throws IllegalArgumentException when there is no column for the texts, or one of the new name
     */
    public Dataset<Row> rerank(Dataset<Row> rows, String query, String document, String column) {
        return with(rows, column, Operation.of(Operation.Kind.RANK), query, document);
    }

    /**
     * Registers the functions {@code tokapu_generate(prompt)}, {@code tokapu_ask(prompt, jsonSchema)}, {@code tokapu_embed(text)} and {@code
     * tokapu_rerank(query, document)} in a session. They give the same structs, but compute one row of each task at a time; {@code value} of {@code
     * tokapu_ask} is JSON, for {@code from_json}.
     */
    public void register(SparkSession session) {
        for (SqlFunction function : SqlFunction.values()) {
            var unused = session.udf().register(function.sqlName(), function.function(options, metrics));
        }
    }

    /**
     * {@return what to set {@code spark.executor.memoryOverhead} to, for example {@code 1500m}, so that an executor that generates has memory for
     * the engine, which is outside {@code spark.executor.memory}} Reads the model's file on this machine.
     *
     * @throws dev.tokapu.exception.ModelLoadException when the model cannot be read here
     */
    public String memoryOverhead() {
        return MemoryBudget.setting(ExecutorEngines.bytes(options)) + "m";
    }

    /** Closes the engines of this JVM that no task uses, before their time: in local mode those of the driver. */
    public static void closeIdleEngines() {
        ExecutorEngines.closeIdle();
    }

    /** By the public API of data sets alone, which Spark Connect has as well. */
    private Dataset<Row> with(Dataset<Row> rows, String column, Operation operation, String... texts) {
        StructType schema = rows.schema();
        List<String> names = Arrays.asList(schema.fieldNames());
        if (names.contains(column)) {
            throw new IllegalArgumentException("there is a column '" + column + "' already; choose another name");
        }
        List<Integer> inputs = new ArrayList<>();
        for (String text : texts) {
            inputs.add(place(schema, names, text));
        }
        return rows.mapPartitions(
                new RowFunction(options, operation, inputs, metrics),
                Encoders.row(schema.add(column, RowResult.type(operation.valueType()))));
    }

    private static int place(StructType schema, List<String> names, String text) {
        int place = names.indexOf(text);
        if (place < 0) {
            throw new IllegalArgumentException("there is no column '" + text + "' among " + names);
        }
        StructField field = schema.fields()[place];
        if (!field.dataType().equals(DataTypes.StringType)) {
            throw new IllegalArgumentException(
                    "the column '" + text + "' is " + field.dataType().sql() + " and not STRING; cast it");
        }
        return place;
    }

    @Override
    public String toString() {
        return "TokapuSpark[" + options + "]";
    }
}
