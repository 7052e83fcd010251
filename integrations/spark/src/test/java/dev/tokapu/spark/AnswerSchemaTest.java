package dev.tokapu.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.exception.GrammarException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerSchemaTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "STRING | {\"type\": \"string\"}",
                "BIGINT | {\"type\": \"integer\"}",
                "DOUBLE | {\"type\": [\"number\", \"null\"]}",
                "BOOLEAN | {\"anyOf\": [{\"type\": \"boolean\"}, {\"type\": \"null\"}]}",
                "STRING | {\"enum\": [\"GOOD\", \"BAD\"]}",
                "BIGINT | {\"enum\": [1, 2]}",
                "STRING | {\"enum\": [1, \"two\"]}",
                "STRING | {\"type\": [\"string\", \"integer\"]}",
                "STRING | {\"oneOf\": [{\"type\": \"string\"}, {\"type\": \"integer\"}]}",
                "ARRAY<STRING> | {\"type\": \"array\", \"items\": {\"type\": \"string\"}}",
                "MAP<STRING, BIGINT> | {\"type\": \"object\", \"additionalProperties\": {\"type\": \"integer\"}}",
                "STRUCT<b: BIGINT, a: STRING> | {\"type\": \"object\", \"properties\": {\"b\": {\"type\": \"integer\"}, \"a\": {\"const\": \"x\"}}}",
                "STRUCT<a: BIGINT> | {\"type\": \"object\", \"properties\": {\"a\": {\"$ref\": \"#/$defs/n\"}}, \"$defs\": {\"n\": {\"type\": \"integer\"}}}",
            })
    void ofJson_schema_hasTheTypeOfItsValues(String type, String schema) {
        assertThat(AnswerSchema.ofJson(schema).valueType().sql().replace("`", ""))
                .isEqualTo(type);
    }

    @Test
    void ofJson_schemaThatContainsItself_isJsonThere() {
        String children = IntStream.range(0, 9)
                .mapToObj(i -> "\"child" + i + "\": {\"$ref\": \"#/$defs/node\"}")
                .collect(Collectors.joining(", "));
        DataType type = AnswerSchema.ofJson("{\"$ref\": \"#/$defs/node\", \"$defs\": {\"node\": {\"type\": \"object\", "
                        + "\"properties\": {" + children + "}}}}")
                .valueType();
        assertThat(((StructType) type).fields())
                .hasSize(9)
                .allMatch(field -> field.dataType().equals(DataTypes.StringType));
    }

    @Test
    void ofJson_brokenSchema_isRefusedOnTheDriver() {
        assertThatThrownBy(() -> AnswerSchema.ofJson("{\"type\": \"strin\"}")).isInstanceOf(GrammarException.class);
        assertThatThrownBy(() -> AnswerSchema.ofJson("{")).isInstanceOf(GrammarException.class);
    }

    @Test
    void of_type_asksForAllOfIt() {
        StructType type = StructType.fromDDL(
                "mood STRING COMMENT 'GOOD or BAD', stars INT, tags ARRAY<STRING>, shares MAP<STRING, DOUBLE>");
        AnswerSchema schema = AnswerSchema.of(type);
        assertThat(schema.valueType()).isEqualTo(type);
        assertThat(schema.json())
                .contains("\"required\":[\"mood\",\"stars\",\"tags\",\"shares\"]", "\"description\":\"GOOD or BAD\"");
    }

    @Test
    void of_typeWithoutSchema_isRefusedByName() {
        assertThatThrownBy(() -> AnswerSchema.of(StructType.fromDDL("day DATE")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the type of day is DATE; answers have STRUCT, ");
    }

    @Test
    void value_json_isWhatSparkTakes() {
        DataType type = StructType.fromDDL("a STRING, b INT, c ARRAY<DOUBLE>, d STRUCT<e: BOOLEAN>, f FLOAT");
        Row row = (Row) AnswerSchema.of((StructType) type)
                .value("{\"a\": {\"x\": 1}, \"b\": 2, \"c\": [1, 2.5], \"d\": {\"e\": true}}");
        assertThat(row.getString(0)).isEqualTo("{\"x\":1}");
        assertThat(row.getInt(1)).isEqualTo(2);
        assertThat((Object[]) row.get(2)).containsExactly(1.0, 2.5);
        assertThat(row.getStruct(3)).isEqualTo(RowFactory.create(true));
        assertThat(row.isNullAt(4)).isTrue();
    }

    @Test
    void value_numberOutOfRange_saysWhere() {
        AnswerSchema schema = AnswerSchema.ofJson(
                "{\"type\": \"object\", \"properties\": {\"n\": {\"type\": \"array\", \"items\": {\"type\": \"integer\"}}}}");
        assertThatThrownBy(() -> schema.value("{\"n\": [1, 123456789012345678901234567890]}"))
                .hasMessage("$.n[1] is 123456789012345678901234567890, which is no BIGINT");
        assertThatThrownBy(() -> schema.value("{\"n\": [")).hasMessageStartingWith("this is no JSON: ");
    }

    @Test
    void textOf_schema_leavesJson() {
        AnswerSchema schema = AnswerSchema.textOf("{\"type\": \"string\"}");
        assertThat(schema.valueType()).isEqualTo(DataTypes.StringType);
        assertThat(schema.value("\"a\"")).isEqualTo("\"a\"");
    }
}
