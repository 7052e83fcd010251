package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.SchemaParts.Joined;
import dev.tokapu.internal.grammar.SchemaParts.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names of properties: {@code patternProperties} and {@code propertyNames}.
 *
 * <p>Thread safety: confined.
 */
final class SchemaKeys {

    /** Each may or may not match a name: twice as many groups with each. */
    private static final int MAX_PATTERNS = 4;

    private final SchemaCompiler compiler;
    private final SchemaParts joiner;
    private final Languages languages;
    private final GrammarRules rules;
    private final CharacterText characters;
    private final Map<String, Automaton> automata = new HashMap<>();

    SchemaKeys(
            SchemaCompiler compiler,
            SchemaParts joiner,
            Languages languages,
            GrammarRules rules,
            CharacterText characters) {
        this.compiler = compiler;
        this.joiner = joiner;
        this.languages = languages;
        this.rules = rules;
        this.characters = characters;
    }

    /** Names that are treated alike: their rule, and what their values must fit. */
    record Group(String key, List<Place> values) {}

    private static Map<String, Object> patterns(SchemaPart part) {
        if (!part.has("patternProperties")) {
            return Map.of();
        }
        if (!(part.get("patternProperties") instanceof Map<?, ?> map)) {
            throw new SchemaProblem(part.path(), "patternProperties must be an object");
        }
        Map<String, Object> result = new LinkedHashMap<>();
        map.forEach((pattern, schema) -> result.put(String.valueOf(pattern), schema));
        return result;
    }

    private static Place place(SchemaPart part, String pattern, @Nullable Object schema) {
        return new Place(schema, part.path() + "/patternProperties/" + SchemaDocument.escaped(pattern));
    }

    /** What the value of a property must fit because of its name. */
    List<Place> matching(SchemaPart part, String name) {
        List<Place> places = new ArrayList<>();
        patterns(part).forEach((pattern, schema) -> {
            if (automaton(pattern, part.path()).contains(name)) {
                places.add(place(part, pattern, schema));
            }
        });
        return places;
    }

    private Automaton automaton(String pattern, String path) {
        return automata.computeIfAbsent(pattern, key -> {
            try {
                return new Automaton(languages, language(pattern, path));
            } catch (IllegalArgumentException e) {
                throw problem(path, e);
            }
        });
    }

    private Language language(String pattern, String path) {
        return new RegexLanguage(languages).anywhere(SchemaStrings.parse(pattern, languages, path));
    }

    private static SchemaProblem problem(String path, IllegalArgumentException e) {
        return new SchemaProblem(path, "patternProperties cannot be made a grammar: " + e.getMessage());
    }

    private static List<Place> names(List<SchemaPart> parts) {
        return parts.stream()
                .filter(part -> part.has("propertyNames"))
                .map(part -> new Place(part.get("propertyNames"), part.path() + "/propertyNames"))
                .toList();
    }

    /** Refuses a name that propertyNames does not allow. */
    void check(List<SchemaPart> parts, String name, String path) {
        List<Place> names = names(parts);
        if (names.isEmpty()) {
            return;
        }
        Joined joined = joined(names, path);
        if (!new SchemaValues(joined.parts(), SchemaTypes.named(joined.parts(), path), languages, path).allows(name)) {
            throw new SchemaProblem.NoValue(
                    path, "propertyNames does not allow '" + SchemaProblem.shortened(name, 100) + "'");
        }
    }

    private Joined joined(List<Place> names, String path) {
        Joined joined = joiner.join(names, path);
        if (joined.parts().stream().anyMatch(part -> part.union() != null)) {
            throw new SchemaProblem(
                    path, "propertyNames with alternatives cannot stand beside properties or patternProperties");
        }
        return joined;
    }

    /** The names that propertyNames allows. */
    private Language allowed(List<Place> names, String path) {
        List<SchemaPart> parts = joined(names, path).parts();
        if (!SchemaValues.isNamed(parts)) {
            return new SchemaStrings(parts, languages, path).language();
        }
        RegexLanguage reader = new RegexLanguage(languages);
        return languages.choice(new SchemaValues(parts, SchemaTypes.named(parts, path), languages, path)
                .texts().stream()
                        .map(text -> reader.plain(Regex.sequence(
                                text.codePoints().mapToObj(Regex::of).toList())))
                        .toList());
    }

    /** All names that may be there where no property is defined. */
    List<Group> groups(List<SchemaPart> parts, String path) {
        Map<String, String> all = new LinkedHashMap<>();
        parts.forEach(part -> patterns(part).keySet().forEach(pattern -> all.putIfAbsent(pattern, part.path())));
        List<Place> names = names(parts);
        if (all.isEmpty()) {
            List<Place> text = new ArrayList<>(names);
            text.add(new Place(SchemaTypes.ONLY_STRING, path + "/propertyNames"));
            try {
                return List.of(new Group(compiler.value(text, path + "/propertyNames"), values(parts, List.of())));
            } catch (SchemaProblem.NoValue e) {
                return List.of();
            }
        }
        if (all.size() > MAX_PATTERNS) {
            throw new SchemaProblem(path, "it has more than " + MAX_PATTERNS + " patternProperties");
        }
        Language allowed = names.isEmpty() ? languages.anything : allowed(names, path);
        List<Group> groups = new ArrayList<>();
        for (int bits = 0; bits < 1 << all.size(); bits++) {
            List<String> matched = new ArrayList<>();
            List<Language> conditions = new ArrayList<>(List.of(allowed));
            int i = 0;
            for (Map.Entry<String, String> pattern : all.entrySet()) {
                boolean matches = (bits & 1 << i++) != 0;
                Language language = language(pattern.getKey(), pattern.getValue());
                conditions.add(matches ? language : languages.not(language));
                if (matches) {
                    matched.add(pattern.getKey());
                }
            }
            addGroup(groups, languages.both(conditions), values(parts, matched), path);
        }
        return groups;
    }

    private void addGroup(List<Group> groups, Language names, List<Place> values, String path) {
        if (values.stream().anyMatch(value -> Boolean.FALSE.equals(value.schema()))) {
            return;
        }
        try {
            Automaton automaton = new Automaton(languages, names);
            if (!automaton.isEmpty()) {
                String key = SchemaStrings.write(automaton, rules, characters, path);
                groups.add(new Group(rules.rule("key", key), values));
            }
        } catch (SchemaProblem e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw problem(path, e);
        }
    }

    private static List<Place> values(List<SchemaPart> parts, List<String> matched) {
        List<Place> values = new ArrayList<>();
        for (SchemaPart part : parts) {
            List<Place> own = new ArrayList<>();
            patterns(part).forEach((pattern, schema) -> {
                if (matched.contains(pattern)) {
                    own.add(place(part, pattern, schema));
                }
            });
            if (own.isEmpty() && part.has("additionalProperties")) {
                own.add(new Place(part.get("additionalProperties"), part.path() + "/additionalProperties"));
            }
            values.addAll(own);
        }
        return values;
    }
}
