package dev.tokapu.internal.grammar;

/**
 * A character class of a regular expression: characters, ranges and sets like {@code \d}, or all others.
 *
 * <p>Thread safety: confined.
 */
final class RegexClass {

    private final String regex;
    private final RegexDialect dialect;
    private final RegexProperties properties;
    private final boolean wide;
    private final CodePoints set;
    private int at;

    /** Parses the class whose bracket is at an index. */
    RegexClass(
            String regex,
            int index,
            RegexDialect dialect,
            RegexProperties properties,
            boolean ignoreCase,
            boolean wide) {
        this.regex = regex;
        this.dialect = dialect;
        this.properties = properties;
        this.at = index + 1;
        boolean negated = peek() == '^';
        this.wide = wide ^ negated;
        at += negated ? 1 : 0;
        CodePoints members = CodePoints.NONE;
        do {
            if (at >= regex.length()) {
                throw unsupported("one without an end", index);
            }
            members = members.or(member());
        } while (peek() != ']');
        at++;
        CodePoints all = ignoreCase ? members.ignoringCase() : members;
        this.set = negated ? all.complement() : all;
        if (set.isEmpty()) {
            throw unsupported("no character at all", index);
        }
    }

    CodePoints set() {
        return set;
    }

    /** Index behind the class. */
    int end() {
        return at;
    }

    private char peek() {
        return at < regex.length() ? regex.charAt(at) : '\0';
    }

    private IllegalArgumentException unsupported(String what, int index) {
        return RegexParser.unsupported(what + " in a character class", regex, index);
    }

    private boolean isRange() {
        return peek() == '-' && at + 1 < regex.length() && regex.charAt(at + 1) != ']';
    }

    private CodePoints member() {
        int index = at;
        if (peek() == '\\') {
            RegexEscape escape = escape();
            if (escape.isSet()) {
                at = escape.end();
                // Behind a set a minus is itself.
                if (regex.startsWith("--", at)) {
                    throw unsupported("'--' after a set", at);
                }
                if (isRange()) {
                    at++;
                    return escape.set().or(CodePoints.of('-'));
                }
                return escape.set();
            }
        }
        int low = character();
        if (!isRange()) {
            return CodePoints.of(low);
        }
        at++;
        int high = character();
        if (high < low) {
            throw unsupported("a range from high to low", index);
        }
        return CodePoints.range(low, high);
    }

    private RegexEscape escape() {
        if (dialect == RegexDialect.ECMA && regex.startsWith("\\b", at)) {
            return new RegexEscape(CodePoints.of('\b'), false, at + 2);
        }
        RegexEscape escape = RegexEscape.parse(regex, at, dialect, wide, properties);
        if (escape == null) {
            throw unsupported("'" + regex.substring(at, Math.min(at + 2, regex.length())) + "'", at);
        }
        return escape;
    }

    private int character() {
        int c = at < regex.length() ? regex.codePointAt(at) : 0;
        if (c == '\\') {
            RegexEscape escape = escape();
            if (escape.isSet()) {
                throw unsupported("a range to a set", at);
            }
            at = escape.end();
            return escape.set().first();
        }
        if (c == '[' || c == ']' || regex.startsWith("&&", at)) {
            throw unsupported("'" + (char) c + "' without a backslash", at);
        }
        if (c == 0 || Character.getType(c) == Character.SURROGATE) {
            throw unsupported("U+" + Integer.toHexString(c), at);
        }
        at += Character.charCount(c);
        return c;
    }
}
