package dev.tokapu.internal.grammar;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Schemas that hold together, with references and {@code allOf} followed.
 *
 * <p>Thread safety: confined.
 */
final class SchemaParts {

    private static final int MAX_STEPS = 10_000;
    private static final int MAX_CHAIN = 200;

    /**
     * The parts that a value must fit, all of them.
     *
     * @param followed whether a reference led to one of them, so that it may contain itself
     */
    record Joined(List<SchemaPart> parts, boolean followed, String path) {}

    private final SchemaDocument document;
    private final IdentityHashMap<Object, Integer> numbers = new IdentityHashMap<>();
    private int steps;

    SchemaParts(SchemaDocument document) {
        this.document = document;
    }

    /** A schema, its place, and what of it is dealt with, as in {@link SchemaPart#done}. */
    record Place(@Nullable Object schema, String path, int done) {

        Place(@Nullable Object schema, String path) {
            this(schema, path, 0);
        }
    }

    Joined join(List<Place> places, String path) {
        return join(List.of(), false, places, path);
    }

    /** Adds schemas to parts that are joined already. */
    Joined join(List<SchemaPart> parts, boolean followed, List<Place> places, String path) {
        Walk walk = new Walk(parts, followed);
        for (Place place : places) {
            walk.add(place.schema(), place.path(), place.done());
        }
        return new Joined(List.copyOf(walk.parts), walk.followed, path);
    }

    /** What tells joined parts apart. */
    String key(List<SchemaPart> parts) {
        return String.join(
                " ",
                parts.stream()
                        .map(part ->
                                numbers.computeIfAbsent(part.schema(), schema -> numbers.size()) + "." + part.done())
                        .sorted()
                        .toList());
    }

    private final class Walk {
        private final List<SchemaPart> parts = new ArrayList<>();
        private final IdentityHashMap<Object, Boolean> open = new IdentityHashMap<>(); // false when it is done
        private boolean followed;

        Walk(List<SchemaPart> parts, boolean followed) {
            parts.forEach(this::add);
            this.followed = followed;
        }

        private void add(SchemaPart part) {
            if (parts.stream().noneMatch(part::isSame)) {
                parts.add(part);
            }
        }

        void add(@Nullable Object schema, String path, int done) {
            if (++steps > MAX_STEPS) {
                throw new SchemaProblem("#", "it is too large: more than " + MAX_STEPS + " subschemas");
            }
            if (Boolean.TRUE.equals(schema)) {
                return;
            }
            if (Boolean.FALSE.equals(schema)) {
                throw new SchemaProblem.NoValue(path, "the schema false allows no value");
            }
            if (!(schema instanceof Map<?, ?> map)) {
                throw new SchemaProblem(path, "a schema must be an object or a boolean");
            }
            Boolean before = open.put(map, true);
            if (before != null) {
                if (before) {
                    throw new SchemaProblem(path, "$ref leads back to itself");
                }
                open.put(map, false);
                return;
            }
            if (open.size() > MAX_CHAIN) {
                throw new SchemaProblem(path, "allOf and $ref join more than " + MAX_CHAIN + " schemas");
            }
            SchemaPart part = new SchemaPart(map, path, done);
            if (!part.isNullable()) {
                references(map, path);
                if (map.containsKey("allOf")) {
                    all(map.get("allOf"), path);
                }
            }
            open.put(map, false);
            if (part.isConstraint()) {
                add(part);
            }
        }

        private void references(Map<?, ?> map, String path) {
            for (String keyword : List.of("$ref", "$recursiveRef", "$dynamicRef")) {
                if (map.containsKey(keyword)) {
                    Object reference = map.get(keyword);
                    SchemaDocument.Target target = keyword.equals("$dynamicRef")
                            ? document.resolveDynamic(reference, map, path)
                            : document.resolve(reference, keyword, map, path);
                    followed = true;
                    add(target.schema(), target.path(), 0);
                }
            }
        }

        private void all(@Nullable Object list, String path) {
            if (!(list instanceof List<?> schemas) || schemas.isEmpty()) {
                throw new SchemaProblem(path, "allOf must be an array of at least one schema");
            }
            for (int i = 0; i < schemas.size(); i++) {
                add(schemas.get(i), path + "/allOf/" + i, 0);
            }
        }
    }
}
