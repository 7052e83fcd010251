package dev.tokapu.sampling;

import java.util.Locale;

/** Text in the notation of GBNF. */
final class GbnfText {

    private GbnfText() {}

    /** A literal that stands for exactly this text; empty text is a literal as well. */
    static String literal(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (c == 0 || Character.getType(c) == Character.SURROGATE) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "the text holds U+%04X at index %d, which no token can produce", c, i));
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
}
