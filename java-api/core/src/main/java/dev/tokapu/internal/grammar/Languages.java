package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.Language.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes languages out of languages, in a normal form that is small enough for their derivatives (Brzozowski) to be finite in
 * number. A budget keeps hostile expressions an {@link IllegalArgumentException}.
 *
 * <p>Thread safety: confined.
 */
final class Languages {

    private static final int MAX_MADE = 100_000;

    private final Map<Key, Language> made = new HashMap<>();
    private final Map<Step, Language> derivatives = new HashMap<>();
    private final RegexProperties properties = new RegexProperties();

    final Language nothing = make(Kind.NOTHING, CodePoints.NONE, List.of(), 0, 0);
    final Language emptyText = make(Kind.EMPTY_TEXT, CodePoints.NONE, List.of(), 0, 0);
    final Language anything = repeat(chars(CodePoints.ALL), 0, Regex.ENDLESS);

    private record Key(Kind kind, CodePoints set, List<Language> parts, int min, int max) {}

    private record Step(Language language, int character) {}

    /** The properties that the expressions of these languages use. */
    RegexProperties properties() {
        return properties;
    }

    private Language make(Kind kind, CodePoints set, List<Language> parts, int min, int max) {
        return made.computeIfAbsent(new Key(kind, set, parts, min, max), key -> {
            if (made.size() >= MAX_MADE) {
                throw new IllegalArgumentException(
                        "it takes too many states; count less, or look for fewer things at once");
            }
            return new Language(kind, set, parts, min, max, made.size());
        });
    }

    Language chars(CodePoints set) {
        return set.isEmpty() ? nothing : make(Kind.CHARS, set, List.of(), 0, 0);
    }

    Language sequence(Language first, Language second) {
        if (first == nothing || second == nothing) {
            return nothing;
        }
        List<Language> items = new ArrayList<>();
        Language left = first;
        for (; left.kind == Kind.SEQUENCE; left = left.second()) {
            items.add(left.first());
        }
        items.add(left);
        Language result = second;
        for (int i = items.size() - 1; i >= 0; i--) {
            Language item = items.get(i);
            if (item != emptyText) {
                result = result == emptyText ? item : make(Kind.SEQUENCE, CodePoints.NONE, List.of(item, result), 0, 0);
            }
        }
        return result;
    }

    Language choice(Collection<Language> options) {
        Set<Language> parts = new LinkedHashSet<>();
        CodePoints set = CodePoints.NONE;
        for (Language option : options) {
            for (Language part : option.kind == Kind.CHOICE ? option.parts : List.of(option)) {
                if (part == anything) {
                    return anything;
                }
                if (part.kind == Kind.CHARS) {
                    set = set.or(part.set);
                } else if (part != nothing) {
                    parts.add(part);
                }
            }
        }
        if (!set.isEmpty()) {
            parts.add(chars(set));
        }
        if (parts.contains(emptyText) && parts.stream().anyMatch(part -> part != emptyText && part.hasEmpty)) {
            parts.remove(emptyText);
        }
        return joined(Kind.CHOICE, parts, nothing);
    }

    Language choice(Language one, Language other) {
        return choice(List.of(one, other));
    }

    Language both(Collection<Language> languages) {
        Set<Language> parts = new LinkedHashSet<>();
        for (Language language : languages) {
            for (Language part : language.kind == Kind.BOTH ? language.parts : List.of(language)) {
                if (part == nothing) {
                    return nothing;
                }
                if (part != anything) {
                    parts.add(part);
                }
            }
        }
        if (parts.contains(emptyText)) {
            return parts.stream().allMatch(part -> part.hasEmpty) ? emptyText : nothing;
        }
        return joined(Kind.BOTH, parts, anything);
    }

    Language both(Language one, Language other) {
        return both(List.of(one, other));
    }

    private Language joined(Kind kind, Set<Language> parts, Language ofNone) {
        if (parts.size() < 2) {
            return parts.isEmpty() ? ofNone : parts.iterator().next();
        }
        List<Language> sorted = new ArrayList<>(parts);
        sorted.sort(Comparator.comparingInt(part -> part.number));
        return make(kind, CodePoints.NONE, List.copyOf(sorted), 0, 0);
    }

    Language not(Language language) {
        if (language == nothing) {
            return anything;
        }
        if (language == anything) {
            return nothing;
        }
        return language.kind == Kind.NOT ? language.first() : make(Kind.NOT, CodePoints.NONE, List.of(language), 0, 0);
    }

    Language repeat(Language item, int min, int max) {
        if (max == 0 || item == emptyText) {
            return emptyText;
        }
        if (item == nothing) {
            return min == 0 ? emptyText : nothing;
        }
        int least = item.hasEmpty ? 0 : min;
        if (least == 1 && max == 1) {
            return item;
        }
        if (item.kind == Kind.REPEAT && item.min == 0 && item.max == Regex.ENDLESS) {
            return item;
        }
        return make(Kind.REPEAT, CodePoints.NONE, List.of(item), least, max);
    }

    /** What may follow a character at the beginning. */
    Language after(Language language, int character) {
        Step step = new Step(language, character);
        Language known = derivatives.get(step);
        if (known == null) {
            known = derive(language, character);
            derivatives.put(step, known);
        }
        return known;
    }

    private Language derive(Language language, int c) {
        return switch (language.kind) {
            case NOTHING, EMPTY_TEXT -> nothing;
            case CHARS -> language.set.contains(c) ? emptyText : nothing;
            case SEQUENCE -> deriveSequence(language, c);
            case CHOICE ->
                choice(language.parts.stream().map(part -> after(part, c)).toList());
            case BOTH ->
                both(language.parts.stream().map(part -> after(part, c)).toList());
            case NOT -> not(after(language.first(), c));
            case REPEAT -> {
                Language item = language.first();
                int max = language.max == Regex.ENDLESS ? Regex.ENDLESS : language.max - 1;
                yield sequence(after(item, c), repeat(item, Math.max(0, language.min - 1), max));
            }
        };
    }

    private Language deriveSequence(Language language, int c) {
        List<Language> options = new ArrayList<>();
        Language rest = language;
        for (; rest.kind == Kind.SEQUENCE; rest = rest.second()) {
            options.add(sequence(after(rest.first(), c), rest.second()));
            if (!rest.first().hasEmpty) {
                return choice(options);
            }
        }
        options.add(after(rest, c));
        return choice(options);
    }

    /** All characters, as sets whose members lead to the same. */
    List<CodePoints> classes(Language language) {
        Set<CodePoints> sets = new LinkedHashSet<>();
        collect(language, sets, new LinkedHashSet<>());
        List<CodePoints> classes = new ArrayList<>(List.of(CodePoints.ALL));
        for (CodePoints set : sets) {
            List<CodePoints> split = new ArrayList<>();
            for (CodePoints one : classes) {
                add(split, one.and(set));
                add(split, one.minus(set));
            }
            classes = split;
        }
        return classes;
    }

    private static void add(List<CodePoints> sets, CodePoints set) {
        if (!set.isEmpty()) {
            sets.add(set);
        }
    }

    private static void collect(Language language, Set<CodePoints> sets, Set<Language> seen) {
        Language rest = language;
        while (seen.add(rest)) {
            switch (rest.kind) {
                case CHARS -> sets.add(rest.set);
                case CHOICE, BOTH, NOT, REPEAT -> rest.parts.forEach(part -> collect(part, sets, seen));
                case SEQUENCE -> {
                    collect(rest.first(), sets, seen);
                    if (rest.first().hasEmpty) {
                        rest = rest.second();
                    }
                }
                default -> {}
            }
        }
    }
}
