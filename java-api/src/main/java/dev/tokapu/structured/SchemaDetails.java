package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fills the details of scalar types into a generated schema, and takes out of a copy what a model need not read.
 *
 * <p>Thread safety: safe.
 */
final class SchemaDetails {

    private static final String EMAIL = "^([A-Za-z0-9_%-]|\\.|\\+){1,64}@([A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24}$";
    private static final List<BigDecimal> TYPE_LIMITS = List.of(
            BigDecimal.valueOf(Byte.MIN_VALUE),
            BigDecimal.valueOf(Byte.MAX_VALUE),
            BigDecimal.valueOf(Short.MIN_VALUE),
            BigDecimal.valueOf(Short.MAX_VALUE),
            BigDecimal.valueOf(Integer.MIN_VALUE),
            BigDecimal.valueOf(Integer.MAX_VALUE),
            BigDecimal.valueOf(Long.MIN_VALUE),
            BigDecimal.valueOf(Long.MAX_VALUE));

    private SchemaDetails() {}

    /** Writes out what the formats of {@link Scalars} stand for. */
    static void complete(JsonNode node) {
        if (node instanceof ObjectNode schema) {
            JsonNode format = schema.get("format");
            if (format != null && format.isTextual()) {
                complete(schema, format.asText());
            }
            anchor(schema);
        }
        node.forEach(SchemaDetails::complete);
    }

    private static void complete(ObjectNode schema, String format) {
        Scalars.Kind kind = Scalars.byName(format);
        if (kind == null) {
            if (format.equals("email") && !schema.has("pattern")) {
                schema.put("pattern", EMAIL);
            }
            return;
        }
        schema.remove("format");
        if (kind.format() != null) {
            schema.put("format", kind.format());
        }
        if (kind.pattern() != null) {
            schema.put("pattern", kind.pattern());
        }
        if (kind.length() != null) {
            schema.put("minLength", kind.length()).put("maxLength", kind.length());
        }
        limit(schema, "minimum", "exclusiveMinimum", kind.minimum());
        limit(schema, "maximum", "exclusiveMaximum", kind.maximum());
    }

    private static void limit(ObjectNode schema, String inclusive, String exclusive, @Nullable BigDecimal limit) {
        if (limit != null && !schema.has(inclusive) && !schema.has(exclusive)) {
            schema.put(inclusive, limit);
        }
    }

    /** Jakarta's pattern is about the whole text, that of JSON Schema about a part of it. */
    private static void anchor(ObjectNode schema) {
        JsonNode pattern = schema.get("pattern");
        if (pattern == null || !pattern.isTextual()) {
            return;
        }
        String text = pattern.asText();
        if (!text.startsWith("^") || !text.endsWith("$")) {
            String start = text.startsWith("^") ? text.substring(1) : text;
            String middle = start.endsWith("$") ? start.substring(0, start.length() - 1) : start;
            schema.put("pattern", "^(" + middle + ")$");
        }
    }

    /** Takes out what only machines need: closed objects, the limits of Java's types, patterns that a format names. */
    static void simplify(JsonNode node) {
        if (node instanceof ObjectNode schema) {
            schema.remove("$schema");
            if (schema.path("additionalProperties").isBoolean()) {
                schema.remove("additionalProperties");
            }
            if (schema.path("format").isTextual()) {
                schema.remove("pattern");
            }
            removeTypeLimit(schema, "minimum");
            removeTypeLimit(schema, "maximum");
        }
        node.forEach(SchemaDetails::simplify);
    }

    private static void removeTypeLimit(ObjectNode schema, String name) {
        JsonNode bound = schema.get(name);
        if (bound != null && bound.isNumber()) {
            BigDecimal value = bound.decimalValue();
            boolean isFloatingLimit = value.abs().compareTo(BigDecimal.valueOf(1e38)) > 0;
            if (isFloatingLimit || TYPE_LIMITS.stream().anyMatch(limit -> limit.compareTo(value) == 0)) {
                schema.remove(name);
            }
        }
    }
}
