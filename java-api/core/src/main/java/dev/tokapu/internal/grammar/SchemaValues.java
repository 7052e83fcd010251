package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.SchemaJson.Num;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values that {@code enum} and {@code const} name, as far as the other keywords allow them.
 *
 * <p>Thread safety: confined.
 */
final class SchemaValues {

    private final List<SchemaPart> parts;
    private final Languages languages;
    private final String path;
    private final @Nullable Set<String> types;
    private @Nullable SchemaStrings strings;

    SchemaValues(List<SchemaPart> parts, @Nullable Set<String> types, Languages languages, String path) {
        this.parts = parts;
        this.types = types;
        this.languages = languages;
        this.path = path;
    }

    static boolean isNamed(List<SchemaPart> parts) {
        return parts.stream().anyMatch(part -> part.has("enum") || part.has("const"));
    }

    /** Alternatives, one for each value. */
    String write() {
        Set<String> options = new LinkedHashSet<>();
        for (Object value : values()) {
            try {
                options.add(GbnfText.literal(SchemaJson.write(value)));
            } catch (IllegalArgumentException e) {
                throw new SchemaProblem(path, "a value of enum or const: " + e.getMessage());
            }
        }
        return String.join(" | ", options);
    }

    /** Whether a text is allowed, by enum and const as well. */
    boolean allows(String text) {
        return isNamed(parts) ? values().contains(text) : fits(text);
    }

    /** Those that are texts. */
    List<String> texts() {
        return values().stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList();
    }

    private List<@Nullable Object> values() {
        List<@Nullable Object> result = null;
        for (SchemaPart part : parts) {
            if (part.has("const")) {
                List<@Nullable Object> only = new ArrayList<>();
                only.add(part.get("const"));
                result = common(result, only);
            }
            if (part.has("enum")) {
                if (!(part.get("enum") instanceof List<?> list) || list.isEmpty()) {
                    throw new SchemaProblem(part.path(), "enum must be an array of at least one value");
                }
                result = common(result, new ArrayList<>(list));
            }
        }
        List<@Nullable Object> fitting = new ArrayList<>();
        for (Object value : result == null ? List.<@Nullable Object>of() : result) {
            if (fits(value)) {
                fitting.add(value);
            }
        }
        if (fitting.isEmpty()) {
            throw new SchemaProblem.NoValue(path, "no value of enum or const fits the other keywords");
        }
        return fitting;
    }

    private static List<@Nullable Object> common(@Nullable List<@Nullable Object> one, List<@Nullable Object> other) {
        if (one == null) {
            return other;
        }
        List<@Nullable Object> result = new ArrayList<>();
        for (Object value : one) {
            if (other.stream().anyMatch(second -> SchemaJson.isSame(value, second))) {
                result.add(value);
            }
        }
        return result;
    }

    private boolean fits(@Nullable Object value) {
        if (types != null && types.stream().noneMatch(type -> isOf(value, type))) {
            return false;
        }
        if (value instanceof Num number) {
            return new SchemaNumbers(parts, path).fits(number.value());
        }
        if (value instanceof String text) {
            return strings().fits(text);
        }
        Set<String> keywords = value instanceof Map
                ? SchemaPart.OBJECT_KEYWORDS
                : value instanceof List ? SchemaPart.ARRAY_KEYWORDS : Set.of();
        if (parts.stream().anyMatch(part -> part.hasAny(keywords))) {
            throw new SchemaProblem(
                    path,
                    "enum or const with an array or object cannot stand beside what its parts must be; leave that out");
        }
        return true;
    }

    private SchemaStrings strings() {
        SchemaStrings known = strings;
        if (known == null) {
            known = new SchemaStrings(parts, languages, path);
            strings = known;
        }
        return known;
    }

    private static boolean isOf(@Nullable Object value, String type) {
        return switch (type) {
            case "null" -> value == null;
            case "boolean" -> value instanceof Boolean;
            case "number" -> value instanceof Num;
            case "integer" -> value instanceof Num number && isWhole(number);
            case "string" -> value instanceof String;
            case "array" -> value instanceof List;
            default -> value instanceof Map;
        };
    }

    private static boolean isWhole(Num number) {
        return number.value().signum() == 0
                || number.value().stripTrailingZeros().scale() <= 0;
    }
}
