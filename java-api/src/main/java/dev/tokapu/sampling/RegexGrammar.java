package dev.tokapu.sampling;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Translates a regular expression to GBNF. What it cannot translate it refuses, with the index. */
final class RegexGrammar {

    private static final int MAX_LENGTH = 10_000;
    private static final int MAX_DEPTH = 200;
    private static final int MAX_COUNT = 2000;
    private static final String QUANTIFIERS = "*+?{";
    private static final String ANY = "[^\\x0A\\x0D\\x85\\u2028\\u2029]";

    private final String regex;
    private final StringBuilder out = new StringBuilder();
    private int at;
    /** Where the last literal ends, so that the next character can join it. */
    private int literalEnd = -1;

    private RegexGrammar(String regex) {
        this.regex = regex;
    }

    /** The rule {@code root} for the texts that match as a whole. */
    static String translate(String regex) {
        checkSize(regex);
        try {
            Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'" + shortened(regex) + "' is not a regular expression: " + e.getDescription() + " at index "
                            + e.getIndex(),
                    e);
        }
        RegexGrammar translation = new RegexGrammar(regex);
        translation.alternatives();
        return "root ::= (" + translation.out + ")\n";
    }

    /** Before {@link Pattern} recurses into it. */
    private static void checkSize(String regex) {
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

    private static String shortened(String regex) {
        return regex.length() <= 100 ? regex : regex.substring(0, 100) + "...";
    }

    private IllegalArgumentException unsupported(String what, int index) {
        return new IllegalArgumentException(what + " cannot be made a grammar: index " + index + " of '"
                + shortened(regex) + "'; docs/structured-output.md lists what can");
    }

    private char peek() {
        return at < regex.length() ? regex.charAt(at) : '\0';
    }

    private boolean more() {
        return at < regex.length();
    }

    /** Returns whether the empty text matches, as the following methods do. */
    private boolean alternatives() {
        boolean empty = sequence();
        while (more() && peek() == '|') {
            at++;
            out.append(" | ");
            empty |= sequence();
        }
        return empty;
    }

    private boolean sequence() {
        boolean empty = true;
        while (more() && peek() != '|' && peek() != ')') {
            empty &= item();
        }
        return empty;
    }

    private boolean item() {
        int index = at;
        boolean empty = false;
        switch (peek()) {
            case '(' -> empty = group();
            case '[' -> emit(new RegexClass(regex, at));
            case '.' -> {
                at++;
                separate();
                out.append(ANY);
            }
            case '\\' -> escape();
            case '^', '$' -> {
                anchor();
                return true;
            }
            default -> character();
        }
        return quantifier(index, empty);
    }

    private void emit(RegexClass parsed) {
        separate();
        out.append(parsed.gbnf());
        at = parsed.end();
    }

    private void separate() {
        if (out.length() > 0 && "( ".indexOf(out.charAt(out.length() - 1)) < 0) {
            out.append(' ');
        }
        literalEnd = -1;
    }

    private boolean group() {
        int index = at++;
        if (peek() == '?') {
            if (!regex.startsWith("?:", at)) {
                throw unsupported("a group that starts with (?", index);
            }
            at += 2;
        }
        separate();
        out.append('(');
        boolean empty = alternatives();
        at++;
        out.append(')');
        return empty;
    }

    /** A whole text is matched: at its ends anchors say nothing. */
    private void anchor() {
        boolean first = peek() == '^' && at == 0;
        boolean last = peek() == '$' && at == regex.length() - 1;
        if (!first && !last) {
            throw unsupported("an anchor within the expression", at);
        }
        at++;
        if (more() && QUANTIFIERS.indexOf(peek()) >= 0) {
            throw unsupported("a repeated anchor", at);
        }
    }

    private void character() {
        int c = regex.codePointAt(at);
        if (c == 0 || Character.getType(c) == Character.SURROGATE) {
            throw unsupported("U+" + Integer.toHexString(c), at);
        }
        at += Character.charCount(c);
        literal(c);
    }

    private void literal(int c) {
        boolean alone = more() && QUANTIFIERS.indexOf(peek()) >= 0;
        if (!alone && literalEnd == out.length()) {
            out.setLength(out.length() - 1);
        } else {
            separate();
            out.append('"');
        }
        GbnfText.appendCharacter(out, c);
        out.append('"');
        literalEnd = alone ? -1 : out.length();
    }

    private void escape() {
        RegexEscape escape = RegexEscape.parse(regex, at);
        if (escape == null) {
            throw unsupported("'" + regex.substring(at, Math.min(at + 2, regex.length())) + "'", at);
        }
        at = escape.end();
        if (escape.members() == null) {
            literal(escape.character());
        } else {
            separate();
            out.append(escape.negated() ? "[^" : "[").append(escape.members()).append(']');
        }
    }

    private boolean quantifier(int item, boolean empty) {
        if (!more() || QUANTIFIERS.indexOf(peek()) < 0) {
            return empty;
        }
        int index = at;
        char kind = regex.charAt(at++);
        int min = kind == '+' ? 1 : 0;
        boolean endless = kind != '?';
        out.append(kind);
        if (kind == '{') {
            int close = regex.indexOf('}', at);
            String[] counts = regex.substring(at, close).split(",", -1);
            min = count(counts[0], index);
            endless = counts.length == 2 && counts[1].isEmpty();
            int max = counts.length == 2 && !endless ? count(counts[1], index) : min;
            out.append(min).append(endless ? "," : max == min ? "" : "," + max).append('}');
            at = close + 1;
            if (!endless && max == 0) {
                throw unsupported("a repetition of zero times", index);
            }
        }
        if (empty && endless) {
            throw unsupported("the endless repetition of what may be empty", item);
        }
        if (more() && QUANTIFIERS.indexOf(peek()) >= 0) {
            throw unsupported("a reluctant, possessive or second quantifier", at);
        }
        literalEnd = -1;
        return empty || min == 0;
    }

    private int count(String digits, int index) {
        int value = digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits.strip());
        if (value > MAX_COUNT) {
            throw unsupported("a repetition of more than " + MAX_COUNT, index);
        }
        return value;
    }
}
