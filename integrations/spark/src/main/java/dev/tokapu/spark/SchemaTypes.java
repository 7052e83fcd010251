package dev.tokapu.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/** JSON schemas as Spark's types, these as schemas, and JSON as their values. */
final class SchemaTypes {

    private SchemaTypes() {}

    /** {@return the type of a schema's values} */
    static DataType typeOf(JsonNode schema) {
        return typeOf(schema, schema, Set.of());
    }

    /** Within the references that led here: what contains itself has no type. */
    private static DataType typeOf(JsonNode root, JsonNode schema, Set<String> within) {
        JsonNode reference = schema.path("$ref");
        if (reference.isTextual()) {
            String place = reference.textValue();
            if (!place.startsWith("#/") || within.contains(place)) {
                return DataTypes.StringType;
            }
            Set<String> deeper = new HashSet<>(within);
            deeper.add(place);
            return typeOf(root, root.at(place.substring(1)), deeper);
        }
        JsonNode alternatives = schema.has("anyOf") ? schema.get("anyOf") : schema.path("oneOf");
        if (alternatives.isArray()) {
            List<JsonNode> others = new ArrayList<>();
            alternatives.forEach(one -> {
                if (!typeName(one).equals("null")) {
                    others.add(one);
                }
            });
            return others.size() == 1 ? typeOf(root, others.get(0), within) : DataTypes.StringType;
        }
        return switch (typeName(schema)) {
            case "integer" -> DataTypes.LongType;
            case "number" -> DataTypes.DoubleType;
            case "boolean" -> DataTypes.BooleanType;
            case "array" ->
                schema.path("items").isObject()
                        ? DataTypes.createArrayType(typeOf(root, schema.get("items"), within))
                        : DataTypes.StringType;
            case "object" -> objectType(root, schema, within);
            default -> DataTypes.StringType;
        };
    }

    private static DataType objectType(JsonNode root, JsonNode schema, Set<String> within) {
        JsonNode properties = schema.path("properties");
        if (!properties.isEmpty()) {
            StructType type = new StructType();
            for (Map.Entry<String, JsonNode> property : properties.properties()) {
                type = type.add(property.getKey(), typeOf(root, property.getValue(), within));
            }
            return type;
        }
        JsonNode others = schema.path("additionalProperties");
        return others.isObject()
                ? DataTypes.createMapType(DataTypes.StringType, typeOf(root, others, within))
                : DataTypes.StringType;
    }

    /** The one type beside null; of a schema without types that of its constants, if they have one. */
    private static String typeName(JsonNode schema) {
        JsonNode type = schema.path("type");
        if (type.isTextual()) {
            return type.textValue();
        }
        if (type.isArray()) {
            List<String> names = new ArrayList<>();
            type.forEach(name -> names.add(name.asText()));
            names.remove("null");
            return names.size() == 1 ? names.get(0) : "several";
        }
        JsonNode constants = schema.has("const")
                ? JsonNodeFactory.instance.arrayNode().add(schema.get("const"))
                : schema.path("enum");
        List<String> kinds = new ArrayList<>();
        constants.forEach(constant ->
                kinds.add(constant.isIntegralNumber() ? "integer" : constant.isBoolean() ? "boolean" : "string"));
        return kinds.stream().distinct().count() == 1 ? kinds.get(0) : "several";
    }

    /** {@return the schema of a type} */
    static ObjectNode schemaOf(StructType type) {
        return (ObjectNode) schemaOf(type, "the answer");
    }

    private static JsonNode schemaOf(DataType type, String place) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        if (type instanceof StructType struct) {
            schema.put("type", "object");
            ObjectNode properties = schema.putObject("properties");
            ArrayNode required = schema.putArray("required");
            for (StructField field : struct.fields()) {
                JsonNode property = schemaOf(field.dataType(), field.name());
                if (field.getComment().isDefined()) {
                    ((ObjectNode) property)
                            .put("description", field.getComment().get());
                }
                properties.set(field.name(), property);
                required.add(field.name());
            }
            schema.put("additionalProperties", false);
        } else if (type instanceof ArrayType array) {
            schema.put("type", "array").set("items", schemaOf(array.elementType(), place));
        } else if (type instanceof MapType map && map.keyType().equals(DataTypes.StringType)) {
            schema.put("type", "object").set("additionalProperties", schemaOf(map.valueType(), place));
        } else if (type.equals(DataTypes.IntegerType)) {
            schema.put("type", "integer").put("minimum", Integer.MIN_VALUE).put("maximum", Integer.MAX_VALUE);
        } else {
            schema.put("type", scalar(type, place));
        }
        return schema;
    }

    private static String scalar(DataType type, String place) {
        if (type.equals(DataTypes.StringType)) {
            return "string";
        }
        if (type.equals(DataTypes.BooleanType)) {
            return "boolean";
        }
        if (type.equals(DataTypes.LongType)) {
            return "integer";
        }
        if (type.equals(DataTypes.DoubleType) || type.equals(DataTypes.FloatType)) {
            return "number";
        }
        throw new IllegalArgumentException("the type of " + place + " is " + type.sql()
                + "; answers have STRUCT, ARRAY, MAP from STRING, STRING, BOOLEAN, INT, BIGINT, FLOAT and DOUBLE");
    }

    /** {@return what a JSON value is as a value of a type; an IllegalArgumentException tells where it is none} */
    static @Nullable Object value(JsonNode node, DataType type, String place) {
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (type.equals(DataTypes.StringType)) {
            return node.isTextual() ? node.textValue() : node.toString();
        }
        if (type instanceof StructType struct && node.isObject()) {
            List<@Nullable Object> fields = new ArrayList<>();
            for (StructField field : struct.fields()) {
                fields.add(value(node.path(field.name()), field.dataType(), place + "." + field.name()));
            }
            return RowFactory.create(fields.toArray());
        }
        if (type instanceof ArrayType array && node.isArray()) {
            List<@Nullable Object> elements = new ArrayList<>();
            node.forEach(
                    element -> elements.add(value(element, array.elementType(), place + "[" + elements.size() + "]")));
            return elements.toArray();
        }
        if (type instanceof MapType map && node.isObject()) {
            Map<String, @Nullable Object> entries = new LinkedHashMap<>();
            node.properties()
                    .forEach(entry -> entries.put(
                            entry.getKey(), value(entry.getValue(), map.valueType(), place + "." + entry.getKey())));
            return CollectionConverters.asScala(entries);
        }
        Object number = scalar(node, type);
        if (number == null) {
            throw new IllegalArgumentException(place + " is " + node + ", which is no " + type.sql());
        }
        return number;
    }

    private static @Nullable Object scalar(JsonNode node, DataType type) {
        if (type.equals(DataTypes.BooleanType)) {
            return node.isBoolean() ? node.booleanValue() : null;
        }
        if (type.equals(DataTypes.LongType)) {
            return node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : null;
        }
        if (type.equals(DataTypes.IntegerType)) {
            return node.isIntegralNumber() && node.canConvertToInt() ? node.intValue() : null;
        }
        if (node.isNumber() && Double.isFinite(node.doubleValue())) {
            if (type.equals(DataTypes.DoubleType)) {
                return node.doubleValue();
            }
            return Float.isFinite(node.floatValue()) ? (Object) node.floatValue() : null;
        }
        return null;
    }
}
