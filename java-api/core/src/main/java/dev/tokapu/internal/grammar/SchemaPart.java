package dev.tokapu.internal.grammar;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A schema object of which some keywords are dealt with already.
 *
 * @param schema by identity
 * @param path its place
 * @param done which of {@link #UNIONS} are dealt with, as bits; references and {@code allOf} are as well, but beside
 *     {@code nullable} that is not
 */
record SchemaPart(Map<?, ?> schema, String path, int done) {

    static final String NULLABLE = "nullable";
    static final List<String> UNIONS = List.of(NULLABLE, "anyOf", "oneOf");

    static final Set<String> OBJECT_KEYWORDS = Set.of(
            "properties",
            "additionalProperties",
            "required",
            "patternProperties",
            "minProperties",
            "maxProperties",
            "propertyNames");
    static final Set<String> ARRAY_KEYWORDS = Set.of("items", "prefixItems", "additionalItems", "minItems", "maxItems");
    static final Set<String> STRING_KEYWORDS = Set.of("pattern", "minLength", "maxLength", "format");
    static final Set<String> NUMBER_KEYWORDS =
            Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");
    private static final Set<String> VALUE_KEYWORDS = Set.of("type", "enum", "const");

    boolean has(String keyword) {
        return schema.containsKey(keyword);
    }

    @Nullable
    Object get(String keyword) {
        return schema.get(keyword);
    }

    boolean hasAny(Set<String> keywords) {
        return keywords.stream().anyMatch(schema::containsKey);
    }

    /** The first keyword that offers alternatives and is not dealt with yet. */
    @Nullable
    String union() {
        for (int i = 0; i < UNIONS.size(); i++) {
            String keyword = UNIONS.get(i);
            boolean offers = keyword.equals(NULLABLE)
                    ? Boolean.TRUE.equals(get(keyword)) && !has("type") // with a type it is one of the types
                    : has(keyword);
            if (offers && (done & 1 << i) == 0) {
                return keyword;
            }
        }
        return null;
    }

    SchemaPart without(String union) {
        return new SchemaPart(schema, path, done | 1 << UNIONS.indexOf(union));
    }

    /** Whether null may stand for all that it says. */
    boolean isNullable() {
        return NULLABLE.equals(union());
    }

    /** Whether it says anything of the values. */
    boolean isConstraint() {
        return union() != null
                || hasAny(VALUE_KEYWORDS)
                || hasAny(OBJECT_KEYWORDS)
                || hasAny(ARRAY_KEYWORDS)
                || hasAny(STRING_KEYWORDS)
                || hasAny(NUMBER_KEYWORDS);
    }

    @SuppressWarnings("ReferenceEquality") // equal schemas may stand in several places
    boolean isSame(SchemaPart other) {
        return schema == other.schema && done == other.done;
    }
}
