package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.Regex.Chars;
import dev.tokapu.internal.grammar.Regex.Choice;
import dev.tokapu.internal.grammar.Regex.Repeat;
import dev.tokapu.internal.grammar.Regex.Sequence;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes plain expressions as GBNF, which has all that they have, but for endless repetitions of what may be empty.
 *
 * <p>Thread safety: confined.
 */
final class RegexText {

    private final CharacterText characters;

    RegexText(CharacterText characters) {
        this.characters = characters;
    }

    /** Whether {@link #write} can say it. */
    static boolean canWrite(Regex regex) {
        boolean endlessOfEmpty = regex instanceof Repeat repeat
                && repeat.max() == Regex.ENDLESS
                && repeat.item().shortest() == 0;
        return !regex.isAnchor() && !endlessOfEmpty && regex.all(RegexText::canWrite);
    }

    /** Alternatives; put it in brackets where it is only a part. */
    String write(Regex regex) {
        if (regex instanceof Choice choice) {
            List<String> options = new ArrayList<>();
            for (Regex option : choice.options()) {
                options.add(write(option));
            }
            return String.join(" | ", options);
        }
        StringBuilder out = new StringBuilder();
        StringBuilder literal = new StringBuilder();
        for (Regex item : regex instanceof Sequence sequence ? sequence.items() : List.of(regex)) {
            int single = item instanceof Chars chars ? chars.set().single() : -1;
            if (single >= 0) {
                characters.appendLiteral(literal, single);
            } else {
                flush(out, literal);
                append(out, item(item));
            }
        }
        flush(out, literal);
        return out.toString();
    }

    private static void flush(StringBuilder out, StringBuilder literal) {
        if (literal.length() > 0) {
            append(out, "\"" + literal + "\"");
            literal.setLength(0);
        }
    }

    private static void append(StringBuilder out, String item) {
        out.append(out.length() > 0 && !item.isEmpty() ? " " : "").append(item);
    }

    /** One item, so that a quantifier behind it holds for all of it. */
    private String item(Regex regex) {
        if (regex instanceof Chars chars) {
            return characters.item(chars.set());
        }
        if (!(regex instanceof Repeat repeat)) {
            return "(" + write(regex) + ")";
        }
        String inner = repeat.item() instanceof Repeat ? "(" + item(repeat.item()) + ")" : item(repeat.item());
        return inner + count(repeat.min(), repeat.max());
    }

    static String count(int min, int max) {
        if (max == Regex.ENDLESS) {
            return min == 0 ? "*" : min == 1 ? "+" : "{" + min + ",}";
        }
        return min == 0 && max == 1 ? "?" : min == max ? "{" + min + "}" : "{" + min + "," + max + "}";
    }
}
