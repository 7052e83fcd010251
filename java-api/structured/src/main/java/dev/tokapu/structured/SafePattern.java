package dev.tokapu.structured;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression over texts of models. {@link Pattern} goes a step down the stack for each repetition of a group: a
 * long text is matched on a stack of its own.
 *
 * <p>Thread safety: immutable.
 */
final class SafePattern implements RegularExpression {

    static final RegularExpressionFactory FACTORY = SafePattern::new;

    /** Fits the stacks of small threads. */
    private static final int SHORT = 100;

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
        return pattern.matcher(text).find();
    }
}
