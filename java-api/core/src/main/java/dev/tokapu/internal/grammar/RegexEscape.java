package dev.tokapu.internal.grammar;

import org.jspecify.annotations.Nullable;

/**
 * An escape of a regular expression that stands for one of some characters.
 *
 * @param set the characters
 * @param isSet whether it is written as a set, like {@code \d}: not an end of a range
 * @param end index behind the escape
 */
record RegexEscape(CodePoints set, boolean isSet, int end) {

    /**
     * The escape whose backslash is at an index.
     *
     * @param wide as in {@link RegexSets#named}
     * @return null when the escape is not supported
     */
    static @Nullable RegexEscape parse(
            String regex, int index, RegexDialect dialect, boolean wide, RegexProperties properties) {
        if (index + 1 >= regex.length()) {
            return null;
        }
        char kind = regex.charAt(index + 1);
        int end = index + 2;
        CodePoints named = RegexSets.named(kind, dialect, wide);
        if (named != null) {
            return new RegexEscape(named, true, end);
        }
        return switch (kind) {
            case 'p', 'P' -> property(regex, index, properties);
            case 't' -> single('\t', end);
            case 'n' -> single('\n', end);
            case 'r' -> single('\r', end);
            case 'f' -> single('\f', end);
            case 'v' -> single(0x0B, end);
            case 'a' -> dialect == RegexDialect.JAVA ? single(7, end) : null;
            case 'e' -> dialect == RegexDialect.JAVA ? single(0x1B, end) : null;
            case 'c' -> control(regex, end);
            case '0' -> dialect == RegexDialect.ECMA && !isDigit(regex, end) ? single(0, end) : null;
            case 'x' -> hexadecimal(regex, end, 2, dialect == RegexDialect.JAVA);
            case 'u' -> hexadecimal(regex, end, 4, dialect == RegexDialect.ECMA);
            default -> literal(regex, index + 1);
        };
    }

    private static @Nullable RegexEscape literal(String regex, int index) {
        int c = regex.codePointAt(index);
        return c < 0x80 && Character.isLetterOrDigit(c) ? null : single(c, index + Character.charCount(c));
    }

    private static boolean isDigit(String regex, int index) {
        return index < regex.length() && regex.charAt(index) >= '0' && regex.charAt(index) <= '9';
    }

    private static @Nullable RegexEscape single(int character, int end) {
        CodePoints set = CodePoints.of(character);
        return set.isEmpty() ? null : new RegexEscape(set, false, end);
    }

    private static @Nullable RegexEscape control(String regex, int index) {
        int letter = index < regex.length() ? Character.toUpperCase(regex.charAt(index)) : 0;
        return letter >= 'A' && letter <= 'Z' ? single(letter - 'A' + 1, index + 1) : null;
    }

    /** {@code \p{Lu}}, {@code \pL}. */
    private static @Nullable RegexEscape property(String regex, int index, RegexProperties properties) {
        int start = index + 2;
        boolean braces = regex.startsWith("{", start);
        int end = braces ? regex.indexOf('}', start) : start + 1;
        if (end < 0 || end > regex.length() || end - start > 60) {
            return null;
        }
        CodePoints set = properties.find(regex.substring(braces ? start + 1 : start, end));
        if (set == null) {
            return null;
        }
        boolean negated = regex.charAt(index + 1) == 'P';
        return new RegexEscape(negated ? set.complement() : set, true, braces ? end + 1 : end);
    }

    private static @Nullable RegexEscape hexadecimal(String regex, int start, int digits, boolean braces) {
        boolean braced = braces && regex.startsWith("{", start);
        int from = braced ? start + 1 : start;
        int to = braced ? regex.indexOf('}', start) : start + digits;
        int character = number(regex, from, to);
        int end = braced ? to + 1 : to;
        if (digits == 4 && !braced && Character.isHighSurrogate((char) character) && regex.startsWith("\\u", end)) {
            int low = number(regex, end + 2, end + 6);
            if (low >= 0xDC00 && low < 0xE000) {
                return single(Character.toCodePoint((char) character, (char) low), end + 6);
            }
        }
        return character < 0 || character > Character.MAX_CODE_POINT ? null : single(character, end);
    }

    /** Some hexadecimal digits, or -1. */
    private static int number(String regex, int from, int to) {
        if (to <= from || to > regex.length() || to - from > 6) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = regex.charAt(i) < 0x80 ? Character.digit(regex.charAt(i), 16) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * 16 + digit;
        }
        return value;
    }
}
