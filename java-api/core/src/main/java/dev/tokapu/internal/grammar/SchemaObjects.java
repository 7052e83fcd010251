package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.SchemaParts.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The grammar of objects: the properties that are defined or required, in the order of the schema; where none is, any.
 *
 * <p>Thread safety: confined.
 */
final class SchemaObjects {

    private static final int MAX_NAME = 512;
    private static final int MAX_PROPERTIES = 1000;
    private static final int MAX_OPTIONAL = 256;

    private final SchemaCompiler compiler;
    private final SchemaLayout layout;
    private final GrammarRules rules;
    private final SchemaKeys keys;

    SchemaObjects(SchemaCompiler compiler, SchemaLayout layout, GrammarRules rules, SchemaKeys keys) {
        this.compiler = compiler;
        this.layout = layout;
        this.rules = rules;
        this.keys = keys;
    }

    /** A property with its value, and whether it must be there. */
    record Property(String text, boolean required) {}

    String write(List<SchemaPart> parts, String path) {
        Set<String> required = new LinkedHashSet<>();
        parts.forEach(part -> required.addAll(required(part)));
        Set<String> names = names(parts);
        if (names.isEmpty()) {
            return map(parts, path);
        }
        if (names.size() > MAX_PROPERTIES) {
            throw new SchemaProblem(path, "it has more than " + MAX_PROPERTIES + " properties");
        }
        List<Property> properties = new ArrayList<>();
        for (String name : names) {
            String value = value(parts, name, required.contains(name), path);
            if (value != null) {
                properties.add(new Property(key(name, path) + " " + value, required.contains(name)));
            }
        }
        SchemaCounts counts = SchemaCounts.of(parts, "minProperties", "maxProperties", path);
        if (!CountedProperties.isLimited(properties, counts)) {
            return written(properties, path);
        }
        String content = new CountedProperties(properties, counts, layout.comma(), rules).write();
        if (content == null) {
            throw new SchemaProblem.NoValue(
                    path, "minProperties or maxProperties allow no object with these properties");
        }
        return layout.within('{', content, '}');
    }

    /** In the order of the parts; names that are required only after the defined ones of their part. */
    private static Set<String> names(List<SchemaPart> parts) {
        Set<Object> defined = new HashSet<>();
        parts.forEach(part -> defined.addAll(properties(part).keySet()));
        Set<String> names = new LinkedHashSet<>();
        for (SchemaPart part : parts) {
            properties(part).keySet().forEach(name -> names.add(String.valueOf(name)));
            required(part).stream().filter(name -> !defined.contains(name)).forEach(names::add);
        }
        return names;
    }

    private String key(String name, String path) {
        if (name.length() > MAX_NAME) {
            throw new SchemaProblem(path, "the name of a property is longer than " + MAX_NAME + " characters");
        }
        try {
            return layout.key(name);
        } catch (IllegalArgumentException e) {
            throw new SchemaProblem(path, "the name of a property: " + e.getMessage());
        }
    }

    private static Map<?, ?> properties(SchemaPart part) {
        if (!part.has("properties")) {
            return Map.of();
        }
        if (part.get("properties") instanceof Map<?, ?> map) {
            return map;
        }
        throw new SchemaProblem(part.path(), "properties must be an object");
    }

    private static List<String> required(SchemaPart part) {
        if (!part.has("required")) {
            return List.of();
        }
        if (part.get("required") instanceof List<?> list && list.stream().allMatch(name -> name instanceof String)) {
            return list.stream().map(String::valueOf).toList();
        }
        throw new SchemaProblem(part.path(), "required must be an array of strings");
    }

    /** The value of a property; null when it must not be there. */
    private @Nullable String value(List<SchemaPart> parts, String name, boolean required, String path) {
        List<Place> places = new ArrayList<>();
        for (SchemaPart part : parts) {
            Map<?, ?> defined = properties(part);
            if (defined.containsKey(name)) {
                String place = part.path() + "/properties/" + SchemaDocument.escaped(name);
                places.add(new Place(defined.get(name), place));
            }
            List<Place> matching = keys.matching(part, name);
            places.addAll(matching);
            if (!defined.containsKey(name) && matching.isEmpty() && part.has("additionalProperties")) {
                places.add(new Place(part.get("additionalProperties"), part.path() + "/additionalProperties"));
            }
        }
        try {
            keys.check(parts, name, path);
            return compiler.value(places, path + "/properties/" + SchemaDocument.escaped(name));
        } catch (SchemaProblem.NoValue e) {
            if (!required) {
                return null;
            }
            if (places.stream().anyMatch(place -> Boolean.FALSE.equals(place.schema()))) {
                throw new SchemaProblem.NoValue(
                        path,
                        "'" + SchemaProblem.shortened(name, 100)
                                + "' is required, but no property of that name is allowed");
            }
            throw e;
        }
    }

    private String written(List<Property> properties, String path) {
        long optional =
                properties.stream().filter(property -> !property.required()).count();
        if (optional > MAX_OPTIONAL) {
            throw new SchemaProblem(
                    path,
                    "it has too many optional properties; make some of them required (at most " + MAX_OPTIONAL
                            + " can be optional in one object)");
        }
        int firstRequired = 0;
        while (firstRequired < properties.size()
                && !properties.get(firstRequired).required()) {
            firstRequired++;
        }
        int last = properties.size() - 1;
        String rest = "";
        for (int i = last; i > firstRequired; i--) {
            rest = SchemaLayout.sequence(further(properties.get(i)), rest);
        }
        if (firstRequired == 0) {
            String content = properties.isEmpty()
                    ? ""
                    : SchemaLayout.sequence(properties.get(0).text(), rest);
            return layout.within('{', content, '}');
        }
        return optionalFirst(properties, firstRequired, rest);
    }

    /** Any of the first ones may be the first one: each with what may follow it. */
    private String optionalFirst(List<Property> properties, int firstRequired, String rest) {
        List<String> options = new ArrayList<>();
        String following = rest;
        if (firstRequired < properties.size()) {
            options.add(SchemaLayout.sequence(properties.get(firstRequired).text(), rest));
            following = SchemaLayout.sequence(further(properties.get(firstRequired)), rest);
        }
        for (int i = firstRequired - 1; i >= 0; i--) {
            String pair = rules.rule("property", properties.get(i).text());
            if (!following.isEmpty()) {
                following = rules.rule("rest", following);
            }
            options.add(0, SchemaLayout.sequence(pair, following));
            following = SchemaLayout.sequence("(" + layout.comma() + " " + pair + ")?", following);
        }
        String content = "(" + String.join(" | ", options) + ")";
        return firstRequired < properties.size()
                ? layout.within('{', content, '}')
                : layout.withinOptional('{', content, '}');
    }

    private String further(Property property) {
        String pair = SchemaLayout.sequence(layout.comma(), property.text());
        return property.required() ? pair : "(" + pair + ")?";
    }

    private String map(List<SchemaPart> parts, String path) {
        SchemaCounts counts = SchemaCounts.of(parts, "minProperties", "maxProperties", path);
        List<String> pairs = new ArrayList<>();
        SchemaProblem none = null;
        for (SchemaKeys.Group group : keys.groups(parts, path)) {
            try {
                String value = compiler.value(group.values(), path + "/additionalProperties");
                pairs.add(SchemaLayout.sequence(layout.keyOf(group.key()), value));
            } catch (SchemaProblem.NoValue e) {
                none = e;
            }
        }
        if (pairs.isEmpty()) {
            if (counts.min() > 0) {
                String problem = "minProperties asks for properties, but none is allowed";
                throw none == null
                        ? new SchemaProblem.NoValue(path, problem)
                        : new SchemaProblem.NoValue(path, problem, none);
            }
            return layout.within('{', "", '}');
        }
        String pair = rules.rule("pair", String.join(" | ", pairs));
        return layout.list('{', pair, counts, '}');
    }
}
