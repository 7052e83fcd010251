package dev.tokapu.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tokapu.sampling.Grammar;
import java.io.Serializable;
import java.util.Objects;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What typed answers are: a JSON schema, which becomes the grammar of every answer, and the Spark type of their values.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class AnswerSchema implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String json;
    private final DataType valueType;
    private final boolean text;

    private AnswerSchema(String json, DataType valueType, boolean text) {
        this.json = json;
        this.valueType = valueType;
        this.text = text;
    }

    /**
     * The schema that a text is. Objects become structs, their properties the fields in this order; arrays, maps ({@code additionalProperties}),
     * {@code integer} (BIGINT), {@code number} (DOUBLE), {@code boolean} and texts are what they are. What has no one type in Spark, for example
     * a choice between objects, becomes the JSON as a STRING.
     *
     * @param schema the JSON schema, at most 1 MiB
     * @return the schema
     * @throws dev.tokapu.exception.GrammarException when it is malformed, or no grammar can hold an answer to it; the message has the place
     */
    public static AnswerSchema ofJson(String schema) {
        Grammar.ofJsonSchemaCompact(schema); // what is wrong is told here and not by each executor
        return new AnswerSchema(schema, SchemaTypes.typeOf(read(schema)), false);
    }

    /**
     * The schema of a Spark type, for example of {@code StructType.fromDDL("category STRING, stars INT")}. Answers have all fields; none is null.
     * A comment of a field becomes its description.
     *
     * @param type structs, arrays, maps from STRING, STRING, BOOLEAN, INT, BIGINT, FLOAT and DOUBLE
     * @return the schema
     * @throws IllegalArgumentException when a type is none of these; the message has the field
     */
    public static AnswerSchema of(StructType type) {
        String json = SchemaTypes.schemaOf(type).toString();
        Grammar.ofJsonSchemaCompact(json);
        return new AnswerSchema(json, type, false);
    }

    /** The schema that a text is, whose values stay JSON. */
    static AnswerSchema textOf(String schema) {
        Grammar.ofJsonSchemaCompact(schema);
        return new AnswerSchema(schema, DataTypes.StringType, true);
    }

    /** {@return the JSON schema} */
    public String json() {
        return json;
    }

    /** {@return the type of {@code value} in the column} */
    public DataType valueType() {
        return valueType;
    }

    Grammar grammar() {
        return Grammar.ofJsonSchemaCompact(json);
    }

    /** {@return the value that a text is, as Spark takes it} */
    @Nullable
    Object value(String answer) {
        JsonNode node = read(answer);
        return text ? answer : SchemaTypes.value(node, valueType, "$");
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("this is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AnswerSchema that
                && json.equals(that.json)
                && valueType.equals(that.valueType)
                && text == that.text;
    }

    @Override
    public int hashCode() {
        return Objects.hash(json, valueType, text);
    }

    @Override
    public String toString() {
        return "AnswerSchema[" + valueType.sql() + "]";
    }
}
