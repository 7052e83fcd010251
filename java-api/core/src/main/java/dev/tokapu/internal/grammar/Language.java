package dev.tokapu.internal.grammar;

import java.util.List;

/**
 * A set of texts, as an expression of {@link Languages}, where equal expressions are one object.
 *
 * <p>Thread safety: immutable.
 */
final class Language {

    enum Kind {
        NOTHING,
        EMPTY_TEXT,
        CHARS,
        SEQUENCE,
        CHOICE,
        BOTH,
        NOT,
        REPEAT
    }

    final Kind kind;
    final CodePoints set;
    final List<Language> parts;
    final int min;
    final int max;
    /** In the order of making. */
    final int number;
    /** Whether the empty text is in it. */
    final boolean hasEmpty;

    Language(Kind kind, CodePoints set, List<Language> parts, int min, int max, int number) {
        this.kind = kind;
        this.set = set;
        this.parts = parts;
        this.min = min;
        this.max = max;
        this.number = number;
        this.hasEmpty = switch (kind) {
            case NOTHING, CHARS -> false;
            case EMPTY_TEXT -> true;
            case SEQUENCE, BOTH -> parts.stream().allMatch(part -> part.hasEmpty);
            case CHOICE -> parts.stream().anyMatch(part -> part.hasEmpty);
            case NOT -> !parts.get(0).hasEmpty;
            case REPEAT -> min == 0 || parts.get(0).hasEmpty;
        };
    }

    Language first() {
        return parts.get(0);
    }

    Language second() {
        return parts.get(1);
    }
}
