package dev.tokapu.internal.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How one of some characters is written: as itself, or as JSON writes it in a string.
 *
 * <p>Thread safety: confined.
 */
final class CharacterText {

    private static final int MAX_INLINE = 32;
    private static final CodePoints CONTROLS = CodePoints.range(0, 0x1F);
    private static final CodePoints ESCAPED = CONTROLS.or(CodePoints.anyOf("\"\\"));
    private static final String SHORT_ESCAPES = "\"\"\\\\\bb\ff\nn\rr\tt";
    private static final CodePoints SHORT = CodePoints.anyOf("\"\\\b\f\n\r\t");

    private final GrammarRules rules;
    private final boolean json;
    private final Map<CodePoints, String> known = new HashMap<>();

    CharacterText(GrammarRules rules, boolean json) {
        this.rules = rules;
        this.json = json;
    }

    /** Appends a character as part of a literal. */
    void appendLiteral(StringBuilder out, int c) {
        if (!json || !ESCAPED.contains(c)) {
            GbnfText.appendCharacter(out, c);
        } else if (SHORT.contains(c)) {
            out.append("\\\\");
            GbnfText.appendCharacter(out, SHORT_ESCAPES.charAt(2 * (SHORT_ESCAPES.indexOf(c) / 2) + 1));
        } else {
            out.append("\\\\u00").append(c < 16 ? '0' : '1').append(Character.forDigit(c % 16, 16));
        }
    }

    /** An item for a set that is not empty. */
    String item(CodePoints set) {
        return known.computeIfAbsent(set, this::make);
    }

    private String make(CodePoints set) {
        StringBuilder out = new StringBuilder();
        if (set.single() >= 0) {
            out.append('"');
            appendLiteral(out, set.single());
            return out.append('"').toString();
        }
        if (!json && set.equals(CodePoints.ALL)) {
            return ".";
        }
        if (!json || set.and(ESCAPED).isEmpty()) {
            GbnfText.appendClass(out, set);
            return out.length() <= MAX_INLINE ? out.toString() : rules.rule("set", out.toString());
        }
        return rules.rule("set", escapes(set));
    }

    private static String escapes(CodePoints set) {
        List<String> options = new ArrayList<>();
        CodePoints raw = set.minus(ESCAPED);
        if (!raw.isEmpty()) {
            options.add(classOf(raw));
        }
        CodePoints letters = CodePoints.NONE;
        for (int i = 0; i < SHORT_ESCAPES.length(); i += 2) {
            if (set.contains(SHORT_ESCAPES.charAt(i))) {
                letters = letters.or(CodePoints.of(SHORT_ESCAPES.charAt(i + 1)));
            }
        }
        if (!letters.isEmpty()) {
            options.add("\"\\\\\" " + classOf(letters));
        }
        CodePoints others = set.and(CONTROLS).minus(SHORT);
        for (int high = 0; high < 2; high++) {
            CodePoints digits = CodePoints.NONE;
            for (int low = 0; low < 16; low++) {
                if (others.contains(16 * high + low)) {
                    char digit = Character.forDigit(low, 16);
                    digits = digits.or(CodePoints.of(digit)).or(CodePoints.of(Character.toUpperCase(digit)));
                }
            }
            if (!digits.isEmpty()) {
                options.add("\"\\\\u00" + high + "\" " + classOf(digits));
            }
        }
        return String.join(" | ", options);
    }

    private static String classOf(CodePoints set) {
        StringBuilder out = new StringBuilder();
        GbnfText.appendClass(out, set);
        return out.toString();
    }
}
