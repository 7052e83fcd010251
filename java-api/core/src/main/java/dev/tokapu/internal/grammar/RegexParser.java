package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.Regex.Begin;
import dev.tokapu.internal.grammar.Regex.Chars;
import dev.tokapu.internal.grammar.Regex.End;
import dev.tokapu.internal.grammar.Regex.Look;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads regular expressions. What a grammar cannot say is an {@link IllegalArgumentException} with the index.
 *
 * <p>Thread safety: confined.
 */
final class RegexParser {

    private static final int MAX_LENGTH = 10_000;
    private static final int MAX_DEPTH = 200;
    /** How often something may come in a grammar, where that has an end. */
    static final int MAX_COUNT = 2000;

    private static final String QUANTIFIERS = "*+?{";

    private final String regex;
    private final RegexDialect dialect;
    private final RegexProperties properties;
    private int at;
    private boolean ignoreCase;
    private boolean dotAll;
    /** Within what must not match, where more than is meant is the safe side. */
    private boolean wide;

    private RegexParser(String regex, RegexDialect dialect, RegexProperties properties) {
        this.regex = regex;
        this.dialect = dialect;
        this.properties = properties;
    }

    static Regex parse(String regex, RegexDialect dialect, RegexProperties properties) {
        checkSize(regex);
        RegexParser parser = new RegexParser(regex, dialect, properties);
        Regex result = parser.alternatives();
        if (parser.more()) {
            throw parser.unsupported("a closing bracket that nothing opens", parser.at);
        }
        return result;
    }

    /** Before anything recurses into it. */
    static void checkSize(String regex) {
        if (regex.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("the regular expression has " + regex.length() + " characters; at most "
                    + MAX_LENGTH + " are supported");
        }
        int depth = 0;
        for (int i = 0; i < regex.length(); i++) {
            char c = regex.charAt(i);
            if (c == '\\') {
                i++;
            } else if ((c == '(' || c == '[') && ++depth > MAX_DEPTH) {
                throw new IllegalArgumentException(
                        "the regular expression nests more than " + MAX_DEPTH + " deep at index " + i);
            } else if ((c == ')' || c == ']') && depth > 0) {
                depth--;
            }
        }
    }

    static String shortened(String regex) {
        return regex.length() <= 100 ? regex : regex.substring(0, 100) + "...";
    }

    static IllegalArgumentException unsupported(String what, String regex, int index) {
        return new IllegalArgumentException(what + " cannot be made a grammar: index " + index + " of '"
                + shortened(regex) + "'; docs/structured-output.md lists what can");
    }

    private IllegalArgumentException unsupported(String what, int index) {
        return unsupported(what, regex, index);
    }

    private char peek() {
        return at < regex.length() ? regex.charAt(at) : '\0';
    }

    private boolean more() {
        return at < regex.length();
    }

    private Regex alternatives() {
        List<Regex> options = new ArrayList<>();
        options.add(sequence());
        while (more() && peek() == '|') {
            at++;
            options.add(sequence());
        }
        return Regex.choice(options);
    }

    private Regex sequence() {
        List<Regex> items = new ArrayList<>();
        while (more() && peek() != '|' && peek() != ')') {
            if (regex.startsWith("\\Q", at)) {
                quotation(items);
            } else {
                Regex item = quantified(item());
                if (!item.isEmpty()) {
                    items.add(item);
                }
            }
        }
        return Regex.sequence(items);
    }

    private Regex item() {
        return switch (peek()) {
            case '(' -> group();
            case '[' -> characterClass();
            case '.' -> {
                at++;
                yield new Chars(dotAll ? CodePoints.ALL : RegexSets.dot(dialect, wide));
            }
            case '^' -> {
                at++;
                yield new Begin();
            }
            case '$' -> {
                at++;
                yield new End(dialect == RegexDialect.JAVA);
            }
            case '\\' -> escape();
            default -> character();
        };
    }

    private Regex characterClass() {
        RegexClass parsed = new RegexClass(regex, at, dialect, properties, ignoreCase, wide);
        at = parsed.end();
        return new Chars(parsed.set());
    }

    private Regex group() {
        int index = at++;
        boolean outerCase = ignoreCase;
        boolean outerDot = dotAll;
        boolean look = false;
        boolean negative = false;
        if (peek() == '?') {
            at++;
            if (regex.startsWith("=", at) || regex.startsWith("!", at)) {
                look = true;
                negative = regex.charAt(at++) == '!';
            } else if (peek() == '<' && at + 1 < regex.length() && Character.isLetter(regex.charAt(at + 1))) {
                at = regex.indexOf('>', at) + 1;
                if (at == 0) {
                    throw unsupported("a group whose name has no end", index);
                }
            } else if (flags(index)) {
                return Regex.empty();
            }
        }
        wide ^= negative;
        Regex inner = alternatives();
        wide ^= negative;
        if (!more()) {
            throw unsupported("a group that has no end", index);
        }
        at++;
        ignoreCase = outerCase;
        dotAll = outerDot;
        return look ? new Look(inner, negative) : inner;
    }

    /** Reads {@code (?i-s:} and {@code (?i)}; returns whether it was the latter, which holds to the end of its group. */
    private boolean flags(int index) {
        boolean on = true;
        for (; more() && peek() != ':' && peek() != ')'; at++) {
            switch (peek()) {
                case '-' -> on = false;
                case 'i' -> ignoreCase = on;
                case 's' -> dotAll = on;
                default -> throw unsupported("a group that starts with (?" + peek(), index);
            }
        }
        if (!more()) {
            throw unsupported("a group that has no end", index);
        }
        return regex.charAt(at++) == ')';
    }

    private Regex character() {
        int index = at;
        int c = regex.codePointAt(at);
        if (QUANTIFIERS.indexOf(c) >= 0) {
            throw unsupported("'" + (char) c + "' with nothing before it, or not well-formed,", index);
        }
        if (c == 0 || Character.getType(c) == Character.SURROGATE) {
            throw unsupported("U+" + Integer.toHexString(c), index);
        }
        at += Character.charCount(c);
        return chars(CodePoints.of(c));
    }

    private Regex chars(CodePoints set) {
        return new Chars(ignoreCase ? set.ignoringCase() : set);
    }

    private Regex escape() {
        char kind = at + 1 < regex.length() ? regex.charAt(at + 1) : '\0';
        if (kind == 'A') {
            at += 2;
            return new Begin();
        }
        if (kind == 'z' || (kind == 'Z' && dialect == RegexDialect.JAVA)) {
            at += 2;
            return new End(kind == 'Z');
        }
        RegexEscape escape = RegexEscape.parse(regex, at, dialect, wide, properties);
        if (escape == null) {
            throw unsupported("'" + regex.substring(at, Math.min(at + 2, regex.length())) + "'", at);
        }
        at = escape.end();
        return chars(escape.set());
    }

    private void quotation(List<Regex> items) {
        int end = regex.indexOf("\\E", at);
        String quoted = regex.substring(at + 2, end < 0 ? regex.length() : end);
        quoted.codePoints().forEach(c -> items.add(chars(CodePoints.of(c))));
        at = end < 0 ? regex.length() : end + 2;
        if (more() && QUANTIFIERS.indexOf(peek()) >= 0) {
            throw unsupported("a repeated quotation", at);
        }
    }

    private Regex quantified(Regex item) {
        if (!more() || QUANTIFIERS.indexOf(peek()) < 0) {
            return item;
        }
        int index = at;
        if (item.isAnchor()) {
            throw unsupported("a repeated anchor", index);
        }
        char kind = regex.charAt(at++);
        int min = kind == '+' ? 1 : 0;
        int max = kind == '?' ? 1 : Regex.ENDLESS;
        if (kind == '{') {
            int close = regex.indexOf('}', at);
            String counts = close < 0 ? "" : regex.substring(at, close);
            if (!counts.matches("[0-9]+(,[0-9]*)?")) {
                throw unsupported("'{' that is no count", index);
            }
            int comma = counts.indexOf(',');
            min = count(comma < 0 ? counts : counts.substring(0, comma), index);
            String most = comma < 0 ? counts : counts.substring(comma + 1);
            max = most.isEmpty() ? Regex.ENDLESS : count(most, index);
            at = close + 1;
            if (max != Regex.ENDLESS && max < min) {
                throw unsupported("a count whose second number is smaller", index);
            }
        }
        if (more() && peek() == '?') {
            at++; // which of several ways to match is taken does not matter for a whole text
        }
        if (more() && QUANTIFIERS.indexOf(peek()) >= 0) {
            throw unsupported("a possessive or second quantifier", at);
        }
        return Regex.repeat(item, min, max);
    }

    private int count(String digits, int index) {
        int value = digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
        if (value > MAX_COUNT) {
            throw unsupported("a repetition of more than " + MAX_COUNT, index);
        }
        return value;
    }
}
