package dev.tokapu.internal.grammar;

import org.jspecify.annotations.Nullable;

/**
 * The sets of characters that have names in regular expressions.
 *
 * <p>Thread safety: safe.
 */
final class RegexSets {

    static final CodePoints DIGITS = CodePoints.range('0', '9');
    static final CodePoints WORD =
            DIGITS.or(CodePoints.range('a', 'z')).or(CodePoints.range('A', 'Z')).or(CodePoints.of('_'));
    static final CodePoints SPACE = CodePoints.range('\t', '\r').or(CodePoints.of(' '));
    static final CodePoints LINE_ENDS = CodePoints.anyOf("\n\r\u0085\u2028\u2029");

    private static final CodePoints HORIZONTAL =
            CodePoints.anyOf(" \t\u00a0\u1680\u180e\u202f\u205f\u3000").or(CodePoints.range(0x2000, 0x200a));
    private static final CodePoints VERTICAL = CodePoints.range('\n', '\r').or(LINE_ENDS);
    /** What {@code \s} means to ECMA. */
    private static final CodePoints WIDE_SPACE = HORIZONTAL
            .minus(CodePoints.of(0x180e))
            .or(SPACE)
            .or(CodePoints.anyOf("\u2028\u2029\ufeff"))
            .or(VERTICAL);

    private RegexSets() {}

    /** The set of {@code .}; to ECMA U+0085 is no line end. */
    static CodePoints dot(RegexDialect dialect, boolean wide) {
        CodePoints ends = wide && dialect == RegexDialect.ECMA ? LINE_ENDS.minus(CodePoints.of(0x85)) : LINE_ENDS;
        return ends.complement();
    }

    /**
     * The set of an escape like {@code \d}.
     *
     * @param wide where dialects differ: whether to take what either means, in place of what both mean
     * @return null when it is none
     */
    static @Nullable CodePoints named(char kind, RegexDialect dialect, boolean wide) {
        boolean java = dialect == RegexDialect.JAVA;
        return switch (kind) {
            case 'd' -> DIGITS;
            case 'D' -> DIGITS.complement();
            case 'w' -> WORD;
            case 'W' -> WORD.complement();
            case 's' -> java || !wide ? SPACE : WIDE_SPACE;
            case 'S' -> (java || wide ? SPACE : WIDE_SPACE).complement();
            case 'h' -> java ? HORIZONTAL : null;
            case 'H' -> java ? HORIZONTAL.complement() : null;
            case 'v' -> java ? VERTICAL : null;
            case 'V' -> java ? VERTICAL.complement() : null;
            default -> null;
        };
    }
}
