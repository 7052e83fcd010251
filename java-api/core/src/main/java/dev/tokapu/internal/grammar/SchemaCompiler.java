package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.SchemaParts.Joined;
import dev.tokapu.internal.grammar.SchemaParts.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes rules of schemas. All that holds for a value is joined first; alternatives are each joined with what stands beside
 * them. What a reference leads to becomes a rule of its own, once, as it may contain itself.
 *
 * <p>Thread safety: confined.
 */
final class SchemaCompiler {

    private static final int MAX_UNIONS = 100;

    private final SchemaParts joiner;
    private final GrammarRules rules;
    private final CharacterText characters;
    private final RegexText numbers;
    private final Languages languages = new Languages();
    private final SchemaBasics basics;
    private final SchemaObjects objects;
    private final SchemaArrays arrays;

    /** By what {@link SchemaParts#key} says. */
    private final Map<String, String> names = new HashMap<>();

    private final Set<String> made = new HashSet<>();
    private final Map<String, SchemaProblem.NoValue> impossible = new HashMap<>();
    private final ArrayDeque<Joined> waiting = new ArrayDeque<>();
    /** Of what is being made, how many values it is within. */
    private final Map<String, Integer> open = new HashMap<>();

    private int level;
    private int unions;

    SchemaCompiler(SchemaDocument document, GrammarRules rules, boolean compact) {
        this.rules = rules;
        this.joiner = new SchemaParts(document);
        this.characters = new CharacterText(rules, true);
        this.numbers = new RegexText(new CharacterText(rules, false));
        SchemaLayout layout = new SchemaLayout(compact ? "" : rules.rule("space", SchemaLayout.SPACE_RULE));
        this.basics = new SchemaBasics(rules, layout, numbers);
        SchemaKeys keys = new SchemaKeys(this, joiner, languages, rules, characters);
        this.objects = new SchemaObjects(this, layout, rules, keys);
        this.arrays = new SchemaArrays(this, layout);
    }

    void run(@Nullable Object root) {
        Joined whole = joiner.join(List.of(new Place(root, "#")), "#");
        String key = joiner.key(whole.parts());
        names.put(key, GrammarRules.ROOT);
        define(whole, key, GrammarRules.ROOT);
        while (!waiting.isEmpty()) {
            Joined next = waiting.remove();
            String nextKey = joiner.key(next.parts());
            String name = names.get(nextKey);
            if (name != null && !made.contains(nextKey)) {
                define(next, nextKey, name);
            }
        }
    }

    private void define(Joined joined, String key, String name) {
        open.put(key, level);
        rules.define(name, body(joined));
        open.remove(key);
        made.add(key);
    }

    /** An item for values that fit all of these. */
    String value(List<Place> places, String path) {
        Joined joined = joiner.join(places, path);
        String key = joiner.key(joined.parts());
        SchemaProblem.NoValue none = impossible.get(key);
        if (none != null) {
            throw none;
        }
        String known = names.get(key);
        if (known != null) {
            return known;
        }
        if (joined.followed() && !joined.parts().isEmpty()) {
            return later(joined, key);
        }
        level++;
        try {
            return item(body(joined));
        } finally {
            level--;
        }
    }

    private String later(Joined joined, String key) {
        String name = rules.reserve("def");
        names.put(key, name);
        waiting.add(joined);
        return name;
    }

    private static String item(String body) {
        return body.indexOf(' ') < 0 ? body : "(" + body + ")";
    }

    private String body(Joined joined) {
        List<SchemaPart> parts = joined.parts();
        for (SchemaPart part : parts) {
            String union = part.union();
            if (union != null) {
                return alternatives(joined, part, union);
            }
        }
        if (parts.isEmpty()) {
            return basics.value();
        }
        String path = parts.get(0).path();
        Set<String> types = SchemaTypes.named(parts, path);
        if (SchemaValues.isNamed(parts)) {
            return new SchemaValues(parts, types, languages, path).write();
        }
        if (types == null) {
            String implied = SchemaTypes.implied(parts);
            return implied == null ? basics.value() : ofType(implied, parts, path);
        }
        return firstFitting(new ArrayList<>(types), type -> ofType(type, parts, path));
    }

    private interface Option<T> {
        String write(T option);
    }

    /** All that have a value. */
    private static <T> String firstFitting(List<T> options, Option<T> writer) {
        Set<String> written = new LinkedHashSet<>();
        SchemaProblem.NoValue none = null;
        for (T option : options) {
            try {
                written.add(writer.write(option));
            } catch (SchemaProblem.NoValue e) {
                none = none == null ? e : none;
            }
        }
        if (written.isEmpty() && none != null) {
            throw none;
        }
        return String.join(" | ", written);
    }

    private String alternatives(Joined joined, SchemaPart part, String union) {
        List<SchemaPart> rest = new ArrayList<>();
        for (SchemaPart other : joined.parts()) {
            SchemaPart left = other.isSame(part) ? part.without(union) : other;
            if (!other.isSame(part) || (!part.isNullable() && left.isConstraint())) {
                rest.add(left);
            }
        }
        if (part.isNullable()) {
            int done = part.without(union).done();
            List<Place> both =
                    List.of(new Place(part.schema(), part.path(), done), new Place(SchemaTypes.ONLY_NULL, part.path()));
            return firstFitting(
                    both, place -> eager(joiner.join(rest, joined.followed(), List.of(place), joined.path())));
        }
        if (!(part.get(union) instanceof List<?> list) || list.isEmpty()) {
            throw new SchemaProblem(part.path() + "/" + union, "must be an array of at least one schema");
        }
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            indexes.add(i);
        }
        return firstFitting(indexes, i -> {
            String path = part.path() + "/" + union + "/" + i;
            return eager(joiner.join(rest, joined.followed(), List.of(new Place(list.get(i), path)), path));
        });
    }

    /** An alternative, made at once, as it may turn out to have no value. */
    private String eager(Joined joined) {
        if (joined.parts().isEmpty()) {
            return basics.value();
        }
        String key = joiner.key(joined.parts());
        SchemaProblem.NoValue none = impossible.get(key);
        if (none != null) {
            throw none;
        }
        String known = names.get(key);
        if (known != null && made.contains(key)) {
            return known;
        }
        Integer within = open.get(key);
        if (within != null) {
            if (within == level) {
                throw new SchemaProblem(joined.path(), "$ref leads back to itself");
            }
            return known != null ? known : later(joined, key);
        }
        if (++unions > MAX_UNIONS) {
            throw new SchemaProblem(joined.path(), "more than " + MAX_UNIONS + " alternatives within alternatives");
        }
        try {
            if (!joined.followed()) {
                open.put(key, level);
                return body(joined);
            }
            String name = known != null ? known : rules.reserve("def");
            names.put(key, name);
            define(joined, key, name);
            return name;
        } catch (SchemaProblem.NoValue e) {
            impossible.put(key, e);
            String unused = known == null ? names.remove(key) : null;
            if (unused != null) {
                rules.remove(unused);
            }
            throw e;
        } finally {
            open.remove(key);
            unions--;
        }
    }

    private String ofType(String type, List<SchemaPart> parts, String path) {
        return switch (type) {
            case "object" -> rules.rule("object", objects.write(parts, path));
            case "array" -> rules.rule("array", arrays.write(parts, path));
            case "string" -> string(parts, path);
            case "integer" -> rules.rule("integer", numbers.write(new SchemaNumbers(parts, path).integers()));
            case "number" -> rules.rule("number", numbers.write(new SchemaNumbers(parts, path).numbers()));
            case "boolean" -> basics.bool();
            default -> basics.none();
        };
    }

    private String string(List<SchemaPart> parts, String path) {
        SchemaStrings strings = new SchemaStrings(parts, languages, path);
        return strings.isOpen()
                ? basics.string()
                : rules.rule("string", strings.write(rules, characters, basics::character));
    }
}
