package dev.tokapu.structured;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import dev.tokapu.exception.TokapuException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression over texts of models. {@link Pattern} goes a step down the stack for each repetition of a group: a
 * long text is matched on a stack of its own. It goes back and tries again where repetitions are nested, {@code ((a+)+)+b}, twice as
 * often for each further character: it reads so many characters and no more.
 *
 * <p>Thread safety: immutable.
 */
final class SafePattern implements RegularExpression {

    static final RegularExpressionFactory FACTORY = SafePattern::new;

    /** Fits the stacks of small threads. */
    private static final int SHORT = 100;

    /** Characters that a match may read, some of them again and again; about a second. */
    private static final long READS = 20_000_000;

    /** Patterns that run through the text for each repetition are no fault. */
    private static final long READS_PER_CHARACTER = 100;

    private final Pattern pattern;

    private SafePattern(String regex) {
        // Of JSON Schema: the end of the text, and not before a last line break.
        this.pattern = Pattern.compile(
                regex.startsWith("^") && regex.endsWith(")$") ? regex.substring(0, regex.length() - 1) + "\\z" : regex);
    }

    /** Refuses what is no expression. */
    static void check(String regex, String path) {
        try {
            Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw Refusal.of(path, "its pattern is no regular expression: " + e.getMessage());
        }
    }

    @Override
    public boolean matches(String text) {
        return (text.length() <= SHORT || pattern.pattern().indexOf('(') < 0)
                ? find(text)
                : DeepStack.call(() -> find(text));
    }

    private boolean find(String text) {
        return pattern.matcher(new CountedText(text)).find();
    }

    /** A text that would take too long to match. */
    static final class TooSlowException extends TokapuException {

        private static final long serialVersionUID = 1L;

        TooSlowException(Pattern pattern, int length) {
            super("the pattern " + pattern + " takes too long for a text of " + length
                    + " characters; write it without repetitions inside of repetitions");
        }
    }

    /** Counts what is read of a text. */
    private final class CountedText implements CharSequence {

        private final String text;
        private long left;

        CountedText(String text) {
            this.text = text;
            left = READS + READS_PER_CHARACTER * text.length();
        }

        @Override
        public char charAt(int index) {
            if (--left < 0) {
                throw new TooSlowException(pattern, text.length());
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
