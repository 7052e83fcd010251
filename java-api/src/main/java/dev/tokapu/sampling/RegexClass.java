package dev.tokapu.sampling;

/** A character class of a regular expression: characters, ranges and sets like {@code \d}, or all others. */
final class RegexClass {

    private final String regex;
    private final StringBuilder out = new StringBuilder("[");
    private int at;

    /** Parses the class whose bracket is at an index. */
    RegexClass(String regex, int index) {
        this.regex = regex;
        this.at = index + 1;
        if (peek() == '^') {
            at++;
            out.append('^');
        }
        do {
            member();
        } while (peek() != ']');
        at++;
        out.append(']');
    }

    String gbnf() {
        return out.toString();
    }

    /** Index behind the class. */
    int end() {
        return at;
    }

    private char peek() {
        return at < regex.length() ? regex.charAt(at) : '\0';
    }

    private IllegalArgumentException unsupported(String what, int index) {
        return new IllegalArgumentException(
                what + " in a character class cannot be made a grammar: index " + index + " of the regular expression");
    }

    private void member() {
        if (peek() == '\\') {
            RegexEscape escape = escape();
            if (escape.members() != null) {
                at = escape.end();
                out.append(escape.members());
                if (peek() == '-' && at + 1 < regex.length() && regex.charAt(at + 1) != ']') {
                    throw unsupported("a range from a set", at);
                }
                return;
            }
        }
        int index = at;
        int low = character();
        GbnfText.appendCharacter(out, low);
        if (peek() == '-' && at + 1 < regex.length() && regex.charAt(at + 1) != ']') {
            at++;
            int high = character();
            if (high < low) {
                throw unsupported("a range from high to low", index);
            }
            out.append('-');
            GbnfText.appendCharacter(out, high);
        }
    }

    private RegexEscape escape() {
        RegexEscape escape = RegexEscape.parse(regex, at);
        if (escape == null || (escape.members() != null && escape.negated())) {
            throw unsupported("'" + regex.substring(at, Math.min(at + 2, regex.length())) + "'", at);
        }
        return escape;
    }

    private int character() {
        int c = regex.codePointAt(at);
        if (c == '\\') {
            RegexEscape escape = escape();
            if (escape.members() != null) {
                throw unsupported("a range to a set", at);
            }
            at = escape.end();
            return escape.character();
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
