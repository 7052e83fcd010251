package dev.tokapu.internal.grammar;

import java.util.Locale;

/**
 * Text in the notation of GBNF.
 *
 * <p>Thread safety: safe.
 */
public final class GbnfText {

    private GbnfText() {}

    /**
     * A literal that stands for exactly this text; empty text is a literal as well.
     *
     * @return the literal, with its quotes
     * @throws IllegalArgumentException when the text holds what a grammar cannot: U+0000, or half of a surrogate pair
     */
    public static String literal(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (c == 0 || Character.getType(c) == Character.SURROGATE) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "the text holds U+%04X at index %d, which is %s; leave it out",
                        c,
                        i,
                        c == 0 ? "the end of a text to llama.cpp's grammars" : "half of a surrogate pair"));
            }
            appendCharacter(out, c);
            i += Character.charCount(c);
        }
        return out.append('"').toString();
    }

    /** One character, escaped so that it stands for itself in literals and in classes. */
    static void appendCharacter(StringBuilder out, int c) {
        if (c == '"' || c == '\\' || c == '[' || c == ']' || c == '-') {
            out.append('\\').append((char) c);
        } else if (c >= 0x20 && c < 0x7F && c != '^') {
            out.append((char) c);
        } else if (c <= 0xFF) {
            out.append(String.format(Locale.ROOT, "\\x%02X", c));
        } else if (c <= 0xFFFF) {
            out.append(String.format(Locale.ROOT, "\\u%04X", c));
        } else {
            out.append(String.format(Locale.ROOT, "\\U%08X", c));
        }
    }

    /** A class for a set that is not empty; by its complement where that has fewer ranges. */
    static void appendClass(StringBuilder out, CodePoints set) {
        CodePoints complement = set.complement();
        boolean negated = !complement.isEmpty() && complement.ranges() < set.ranges();
        CodePoints shown = negated ? complement : set;
        out.append(negated ? "[^" : "[");
        for (int i = 0; i < shown.ranges(); i++) {
            appendCharacter(out, shown.low(i));
            if (shown.high(i) > shown.low(i)) {
                out.append(shown.high(i) == shown.low(i) + 1 ? "" : "-");
                appendCharacter(out, shown.high(i));
            }
        }
        out.append(']');
    }
}
