package dev.tokapu.cli;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Text of a model or of a file as it is shown: nothing in it can hide, or move what is on the terminal. */
final class Visible {

    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_@%+=:,./-]+");

    private Visible() {}

    /** {@return the text with escapes for control, format and bidirectional characters} */
    static String of(String text) {
        return of(text, false);
    }

    /** {@return the same for a text of several lines, whose tabs stay} */
    static String lines(String text) {
        return text.lines().map(line -> of(line, true)).collect(Collectors.joining("\n"));
    }

    private static String of(String text, boolean tabs) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (isHidden(c) && !(tabs && c == '\t')) {
                shown.append(String.format(Locale.ROOT, "\\u{%x}", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }

    private static boolean isHidden(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> Character.isSpaceChar(c) && c != ' ';
        };
    }

    /** A command whose arguments stand apart: what is no plain word is in quotes. */
    static String command(List<String> words) {
        return words.stream()
                .map(word -> of(PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'"))
                .collect(Collectors.joining(" "));
    }
}
