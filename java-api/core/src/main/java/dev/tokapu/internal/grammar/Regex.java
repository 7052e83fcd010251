package dev.tokapu.internal.grammar;

import java.util.List;
import java.util.function.Predicate;

/**
 * A regular expression, read.
 *
 * <p>Thread safety: immutable.
 */
sealed interface Regex {

    /** How often a repetition without an end may come. */
    int ENDLESS = -1;

    /** One of some characters. */
    record Chars(CodePoints set) implements Regex {}

    record Sequence(List<Regex> items) implements Regex {}

    record Choice(List<Regex> options) implements Regex {}

    /** From {@code min} to {@code max} times, {@link #ENDLESS} for any number. */
    record Repeat(Regex item, int min, int max) implements Regex {}

    /** The beginning of the text. */
    record Begin() implements Regex {}

    /** The end of the text, or the place before a line end that ends it. */
    record End(boolean orLineEnd) implements Regex {}

    /** What must or must not follow. */
    record Look(Regex ahead, boolean negative) implements Regex {}

    /** No character. */
    static Regex empty() {
        return new Sequence(List.of());
    }

    default boolean isEmpty() {
        return this instanceof Sequence sequence && sequence.items().isEmpty();
    }

    static Regex of(int character) {
        return new Chars(CodePoints.of(character));
    }

    static Regex range(char low, char high) {
        return new Chars(CodePoints.range(low, high));
    }

    static Regex sequence(List<Regex> items) {
        return items.size() == 1 ? items.get(0) : new Sequence(List.copyOf(items));
    }

    static Regex sequence(Regex... items) {
        return sequence(List.of(items));
    }

    static Regex choice(List<Regex> options) {
        return options.size() == 1 ? options.get(0) : new Choice(List.copyOf(options));
    }

    static Regex optional(Regex item) {
        return new Repeat(item, 0, 1);
    }

    static Regex repeat(Regex item, int min, int max) {
        return max == 0 ? empty() : min == 1 && max == 1 ? item : new Repeat(item, min, max);
    }

    /** The expressions that it is made of. */
    default List<Regex> parts() {
        if (this instanceof Sequence sequence) {
            return sequence.items();
        }
        if (this instanceof Choice choice) {
            return choice.options();
        }
        if (this instanceof Repeat repeat) {
            return List.of(repeat.item());
        }
        return this instanceof Look look ? List.of(look.ahead()) : List.of();
    }

    /** Whether something holds for each of its parts; a loop, as streams take much of a small stack. */
    default boolean all(Predicate<Regex> test) {
        for (Regex part : parts()) {
            if (!test.test(part)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is an anchor or look-ahead, which takes no character of the text. */
    default boolean isAnchor() {
        return this instanceof Begin || this instanceof End || this instanceof Look;
    }

    /** Whether it consists of characters, sequences, choices and repetitions alone. */
    default boolean isPlain() {
        return !isAnchor() && all(Regex::isPlain);
    }

    /** Fewest characters of a match, at most {@link Integer#MAX_VALUE}. */
    default int shortest() {
        if (this instanceof Sequence sequence) {
            return capped(sequence.items().stream().mapToLong(Regex::shortest).sum());
        }
        if (this instanceof Choice choice) {
            return choice.options().stream().mapToInt(Regex::shortest).min().orElse(0);
        }
        if (this instanceof Repeat repeat) {
            return capped((long) repeat.min() * repeat.item().shortest());
        }
        return this instanceof Chars ? 1 : 0;
    }

    /** Most characters of a match; {@link Integer#MAX_VALUE} for any number. */
    default int longest() {
        if (this instanceof Sequence sequence) {
            return capped(sequence.items().stream().mapToLong(Regex::longest).sum());
        }
        if (this instanceof Choice choice) {
            return choice.options().stream().mapToInt(Regex::longest).max().orElse(0);
        }
        if (this instanceof Repeat repeat) {
            int one = repeat.item().longest();
            return one == 0 ? 0 : repeat.max() == ENDLESS ? Integer.MAX_VALUE : capped((long) repeat.max() * one);
        }
        return this instanceof Chars ? 1 : 0;
    }

    private static int capped(long count) {
        return (int) Math.min(count, Integer.MAX_VALUE);
    }
}
