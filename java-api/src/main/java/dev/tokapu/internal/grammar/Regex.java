package dev.tokapu.internal.grammar;

import java.util.List;

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

    /** Whether it consists of characters, sequences, choices and repetitions alone. */
    default boolean isPlain() {
        if (this instanceof Sequence sequence) {
            return sequence.items().stream().allMatch(Regex::isPlain);
        }
        if (this instanceof Choice choice) {
            return choice.options().stream().allMatch(Regex::isPlain);
        }
        return this instanceof Repeat repeat ? repeat.item().isPlain() : this instanceof Chars;
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
