package dev.tokapu.spark;

import dev.tokapu.text.Usage;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What a column says of a row.
 *
 * @param text the answer; null for vectors and scores, and where there is none
 * @param value what was asked for, as Spark takes it; null where there is none
 * @param finishReason why the text ended; null for vectors and scores, and where there is none
 * @param usage the tokens
 * @param error why there is no answer; null when there is one
 */
record RowResult(
        @Nullable String text,
        @Nullable Object value,
        @Nullable String finishReason,
        Usage usage,
        @Nullable RowError error) {

    /** Why there is no answer. */
    record RowError(RowErrorKind kind, String message) {

        private Row row() {
            return RowFactory.create(kind.name(), message);
        }
    }

    static RowResult failed(RowErrorKind kind, String message) {
        return new RowResult(null, null, null, Usage.NONE, new RowError(kind, message));
    }

    RowResult withError(RowErrorKind kind, String message) {
        return new RowResult(text, value, finishReason, usage, new RowError(kind, message));
    }

    RowResult withValue(@Nullable Object found) {
        return new RowResult(text, found, finishReason, usage, error);
    }

    /** {@return the type of the column} */
    static StructType type(DataType value) {
        StructType tokens = new StructType()
                .add("prompt", DataTypes.IntegerType, false)
                .add("cached", DataTypes.IntegerType, false)
                .add("generated", DataTypes.IntegerType, false);
        StructType error =
                new StructType().add("kind", DataTypes.StringType, false).add("message", DataTypes.StringType, false);
        return new StructType()
                .add("text", DataTypes.StringType)
                .add("value", value)
                .add("finishReason", DataTypes.StringType)
                .add("tokens", tokens, false)
                .add("millis", DataTypes.LongType, false)
                .add("error", error);
    }

    Row row(long millis) {
        return RowFactory.create(
                text,
                value,
                finishReason,
                RowFactory.create(usage.promptTokens(), usage.cachedTokens(), usage.generatedTokens()),
                millis,
                error == null ? null : error.row());
    }
}
