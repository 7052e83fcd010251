package dev.tokapu.spark;

import dev.tokapu.engine.Engine;
import java.io.Serializable;
import java.util.Objects;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * What is computed of a row. It travels to the executors.
 *
 * @param kind what is asked for
 * @param schema that of {@link Kind#ASK}; null for others
 */
record Operation(Kind kind, @Nullable AnswerSchema schema) implements Serializable {

    /** What a model can do with a row. */
    enum Kind {
        /** An answer as text. */
        GENERATE,

        /** A value of one type. */
        ASK,

        /** A value as JSON, of the schema that is the second text of each row. */
        ASK_JSON,

        /** The vector of a text. */
        EMBED,

        /** How well the second text, a document, fits the first one, a query. */
        RANK
    }

    /** What an engine is for. */
    enum Purpose {
        GENERATE,
        EMBED,
        RANK
    }

    static Operation of(Kind kind) {
        return new Operation(kind, null);
    }

    static Operation ask(AnswerSchema schema) {
        return new Operation(Kind.ASK, Objects.requireNonNull(schema, "schema"));
    }

    Purpose purpose() {
        return switch (kind) {
            case GENERATE, ASK, ASK_JSON -> Purpose.GENERATE;
            case EMBED -> Purpose.EMBED;
            case RANK -> Purpose.RANK;
        };
    }

    /** {@return the type of {@code value} in the column} */
    DataType valueType() {
        return switch (kind) {
            case GENERATE, ASK_JSON -> DataTypes.StringType;
            case ASK -> Objects.requireNonNull(schema).valueType();
            case EMBED -> DataTypes.createArrayType(DataTypes.FloatType, false);
            case RANK -> DataTypes.FloatType;
        };
    }

    /** {@return rows on an engine for this purpose} */
    RowCalls open(Engine engine, TokapuSparkOptions options) {
        AnswerCalls answers = new AnswerCalls(engine, options.answers());
        TypedCalls typed = new TypedCalls(answers);
        return switch (kind) {
            case GENERATE -> texts -> answers.begin(texts[0]);
            case ASK -> {
                AnswerSchema one = Objects.requireNonNull(schema);
                yield texts -> typed.begin(texts[0], one);
            }
            case ASK_JSON -> texts -> typed.begin(texts[0], texts[1]);
            case EMBED -> VectorCalls.embedding(engine, options.answers().deadline());
            case RANK -> VectorCalls.ranking(engine, options.answers().deadline());
        };
    }
}
