package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.Regex.Chars;
import dev.tokapu.internal.grammar.Regex.Choice;
import dev.tokapu.internal.grammar.Regex.Repeat;
import dev.tokapu.internal.grammar.Regex.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What strings must be: patterns, formats, lengths.
 *
 * <p>Thread safety: confined.
 */
final class SchemaStrings {

    private final Languages languages;
    private final String path;
    private final SchemaCounts counts;
    /** Patterns, to be found anywhere. */
    private final List<Regex> patterns = new ArrayList<>();
    /** Formats, of whole texts. */
    private final List<Regex> formats = new ArrayList<>();

    private @Nullable Automaton automaton;

    SchemaStrings(List<SchemaPart> parts, Languages languages, String path) {
        this.languages = languages;
        this.path = path;
        this.counts = SchemaCounts.of(parts, "minLength", "maxLength", path);
        Set<String> read = new LinkedHashSet<>();
        for (SchemaPart part : parts) {
            if (part.has("pattern") && read.add(text(part, "pattern"))) {
                patterns.add(parse(text(part, "pattern"), languages, part.path()));
            }
        }
        Set<String> named = new LinkedHashSet<>();
        for (SchemaPart part : parts) {
            // A pattern beside it says what is meant more closely.
            if (part.has("format") && named.add(text(part, "format")) && !part.has("pattern")) {
                Regex format = SchemaFormats.expression(text(part, "format"));
                if (format != null) {
                    formats.add(format);
                }
            }
        }
    }

    private static String text(SchemaPart part, String keyword) {
        if (part.get(keyword) instanceof String text) {
            return text;
        }
        throw new SchemaProblem(part.path(), keyword + " must be a string");
    }

    static Regex parse(String pattern, Languages languages, String path) {
        try {
            return RegexParser.parse(pattern, RegexDialect.ECMA, languages.properties());
        } catch (IllegalArgumentException e) {
            throw new SchemaProblem(path, "pattern: " + e.getMessage());
        }
    }

    /** Whether nothing is asked of them. */
    boolean isOpen() {
        return counts.isOpen() && patterns.isEmpty() && formats.isEmpty();
    }

    /** The texts between the quotes as one plain expression, where they are one. */
    private @Nullable Regex plain() {
        if (patterns.size() + formats.size() > 1) {
            return null;
        }
        Regex regex =
                formats.isEmpty() ? patterns.isEmpty() ? null : RegexAnchors.required(patterns.get(0)) : formats.get(0);
        if (regex == null || !RegexText.canWrite(regex)) {
            return null;
        }
        boolean longEnough = regex.shortest() >= counts.min();
        boolean shortEnough = counts.max() == Regex.ENDLESS || regex.longest() <= counts.max();
        return longEnough && shortEnough ? regex : counted(regex);
    }

    /** Puts the lengths into the only repetition of an expression whose other parts are characters. */
    private @Nullable Regex counted(Regex regex) {
        List<Regex> items = new ArrayList<>(regex instanceof Sequence sequence ? sequence.items() : List.of(regex));
        int place = -1;
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i) instanceof Repeat repeat && repeat.item() instanceof Chars) {
                if (place >= 0) {
                    return null;
                }
                place = i;
            } else if (!(items.get(i) instanceof Chars)) {
                return null;
            }
        }
        if (place < 0) {
            return null;
        }
        Repeat repeat = (Repeat) items.get(place);
        int others = items.size() - 1;
        if (counts.max() != Regex.ENDLESS && counts.max() < others) {
            return null;
        }
        int min = Math.max(repeat.min(), counts.min() - others);
        int most = counts.max() == Regex.ENDLESS ? Regex.ENDLESS : counts.max() - others;
        int max = repeat.max() == Regex.ENDLESS || most == Regex.ENDLESS
                ? Math.max(repeat.max(), most)
                : Math.min(repeat.max(), most);
        if (max != Regex.ENDLESS && max < min) {
            return null;
        }
        items.set(place, Regex.repeat(repeat.item(), min, max));
        return Regex.sequence(items);
    }

    /** The texts between the quotes. */
    Language language() {
        try {
            RegexLanguage reader = new RegexLanguage(languages);
            List<Language> all = new ArrayList<>();
            patterns.forEach(pattern -> all.add(reader.anywhere(uncounted(pattern))));
            formats.forEach(format -> all.add(reader.plain(uncounted(format))));
            if (!counts.isOpen()) {
                all.add(languages.repeat(languages.chars(CodePoints.ALL), counts.min(), counts.max()));
            }
            return languages.both(all);
        } catch (IllegalArgumentException e) {
            throw problem(e);
        }
    }

    /** Without counts that no text of this length reaches: they would only cost states. */
    private Regex uncounted(Regex regex) {
        if (counts.max() == Regex.ENDLESS) {
            return regex;
        }
        if (regex instanceof Sequence sequence) {
            return new Sequence(sequence.items().stream().map(this::uncounted).toList());
        }
        if (regex instanceof Choice choice) {
            return new Choice(choice.options().stream().map(this::uncounted).toList());
        }
        if (regex instanceof Repeat repeat) {
            boolean reached = (long) repeat.max() * repeat.item().shortest() < counts.max();
            return new Repeat(uncounted(repeat.item()), repeat.min(), reached ? repeat.max() : Regex.ENDLESS);
        }
        return regex;
    }

    private Automaton automaton() {
        Automaton known = automaton;
        if (known == null) {
            try {
                known = new Automaton(languages, language());
            } catch (IllegalArgumentException e) {
                throw problem(e);
            }
            automaton = known;
        }
        return known;
    }

    private SchemaProblem problem(IllegalArgumentException e) {
        String what = counts.isOpen() ? "its pattern" : "its pattern, together with its lengths,";
        return new SchemaProblem(path, what + " cannot be made a grammar: " + e.getMessage());
    }

    boolean fits(String text) {
        return counts.holds(text.codePointCount(0, text.length()))
                && ((patterns.isEmpty() && formats.isEmpty()) || automaton().contains(text));
    }

    /** The texts, with their quotes; {@code any} is a rule for one character of any kind. */
    String write(GrammarRules rules, CharacterText characters, Supplier<String> any) {
        if (patterns.isEmpty() && formats.isEmpty()) {
            return "\"\\\"\" " + any.get() + RegexText.count(counts.min(), counts.max()) + " \"\\\"\"";
        }
        Regex plain = plain();
        if (plain != null) {
            return "\"\\\"\" (" + new RegexText(characters).write(plain) + ") \"\\\"\"";
        }
        return write(automaton(), rules, characters, path);
    }

    static String write(Automaton automaton, GrammarRules rules, CharacterText characters, String path) {
        if (automaton.isEmpty()) {
            throw new SchemaProblem.NoValue(path, "no text fits the pattern, the format and the lengths");
        }
        return "\"\\\"\" (" + automaton.write(rules, characters) + ") \"\\\"\"";
    }
}
