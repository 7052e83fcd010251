package dev.tokapu.internal.grammar;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The types that parts of a schema leave.
 *
 * <p>Thread safety: safe.
 */
final class SchemaTypes {

    /** Schemas of one type, always the same objects. */
    static final Map<String, Object> ONLY_NULL = Map.of("type", "null");

    static final Map<String, Object> ONLY_STRING = Map.of("type", "string");

    private static final Set<String> ALL = Set.of("null", "boolean", "number", "integer", "string", "array", "object");

    private SchemaTypes() {}

    /** The types that are named, in order; null when none is. */
    static @Nullable Set<String> named(List<SchemaPart> parts, String path) {
        Set<String> result = null;
        for (SchemaPart part : parts) {
            if (part.has("type")) {
                Set<String> types = of(part);
                result = result == null ? types : common(result, types);
            }
        }
        if (result != null && result.isEmpty()) {
            throw new SchemaProblem.NoValue(path, "no type is allowed by all that is joined here");
        }
        return result;
    }

    private static Set<String> of(SchemaPart part) {
        List<Object> names = new ArrayList<>();
        if (part.get("type") instanceof List<?> list) {
            names.addAll(list);
            if (list.isEmpty()) {
                throw new SchemaProblem(part.path(), "type must not be empty");
            }
        } else {
            names.add(String.valueOf(part.get("type")));
            if (!(part.get("type") instanceof String)) {
                throw new SchemaProblem(part.path(), "type must be a string or an array of strings");
            }
        }
        if (Boolean.TRUE.equals(part.get("nullable"))) {
            names.add("null");
        }
        Set<String> types = new LinkedHashSet<>();
        for (Object name : names) {
            if (!(name instanceof String type)) {
                throw new SchemaProblem(part.path(), "type must be a string or an array of strings");
            }
            if (!ALL.contains(type)) {
                throw new SchemaProblem(part.path(), "unknown type '" + SchemaProblem.shortened(type, 100) + "'");
            }
            types.add(type);
        }
        if (types.contains("number")) {
            types.remove("integer");
        }
        return types;
    }

    private static Set<String> common(Set<String> one, Set<String> other) {
        Set<String> result = new LinkedHashSet<>();
        for (String type : one) {
            if (other.contains(type)) {
                result.add(type);
            } else if ((type.equals("number") && other.contains("integer"))
                    || (type.equals("integer") && other.contains("number"))) {
                result.add("integer");
            }
        }
        return result;
    }

    /** The type that the keywords are about, or null. */
    static @Nullable String implied(List<SchemaPart> parts) {
        if (parts.stream().anyMatch(part -> part.hasAny(SchemaPart.OBJECT_KEYWORDS))) {
            return "object";
        }
        if (parts.stream().anyMatch(part -> part.hasAny(SchemaPart.ARRAY_KEYWORDS))) {
            return "array";
        }
        if (parts.stream().anyMatch(part -> part.hasAny(SchemaPart.STRING_KEYWORDS))) {
            return "string";
        }
        return parts.stream().anyMatch(part -> part.hasAny(SchemaPart.NUMBER_KEYWORDS)) ? "number" : null;
    }
}
