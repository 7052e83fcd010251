package dev.tokapu.sampling;

import org.jspecify.annotations.Nullable;

/**
 * An escape of a regular expression: one character, or a set.
 *
 * @param character the character, when it is one
 * @param members the members of the set in GBNF, otherwise null
 * @param negated whether the set is of all other characters
 * @param end index behind the escape
 */
record RegexEscape(int character, @Nullable String members, boolean negated, int end) {

    private static final String DIGITS = "0-9";
    private static final String WORD = "a-zA-Z_0-9";
    private static final String SPACE = " \\x09-\\x0D";

    /** The escape whose backslash is at an index, or null when it is none of those that are supported. */
    static @Nullable RegexEscape parse(String regex, int index) {
        if (index + 1 >= regex.length()) {
            return null;
        }
        char kind = regex.charAt(index + 1);
        int end = index + 2;
        return switch (kind) {
            case 'd', 'D' -> new RegexEscape(0, DIGITS, kind == 'D', end);
            case 'w', 'W' -> new RegexEscape(0, WORD, kind == 'W', end);
            case 's', 'S' -> new RegexEscape(0, SPACE, kind == 'S', end);
            case 't' -> single('\t', end);
            case 'n' -> single('\n', end);
            case 'r' -> single('\r', end);
            case 'f' -> single('\f', end);
            case 'x' -> hexadecimal(regex, end, 2);
            case 'u' -> hexadecimal(regex, end, 4);
            default -> kind > ' ' && kind < 0x7F && !Character.isLetterOrDigit(kind) ? single(kind, end) : null;
        };
    }

    private static RegexEscape single(int character, int end) {
        return new RegexEscape(character, null, false, end);
    }

    private static @Nullable RegexEscape hexadecimal(String regex, int start, int digits) {
        int end = start + digits;
        if (end > regex.length() || regex.charAt(start) == '{') {
            return null;
        }
        int character = Integer.parseInt(regex.substring(start, end), 16);
        return character == 0 || Character.getType(character) == Character.SURROGATE ? null : single(character, end);
    }
}
