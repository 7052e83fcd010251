package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.Regex.Begin;
import dev.tokapu.internal.grammar.Regex.Choice;
import dev.tokapu.internal.grammar.Regex.End;
import dev.tokapu.internal.grammar.Regex.Sequence;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Anchors at the ends of an expression, which say nothing where a whole text is matched.
 *
 * <p>Thread safety: safe.
 */
final class RegexAnchors {

    private RegexAnchors() {}

    /** The expression without anchors at its ends, or null when others are in it. */
    static @Nullable Regex removed(Regex regex) {
        return stripped(regex, false);
    }

    /** The same for an expression that is looked for: null also when an end has no anchor. */
    static @Nullable Regex required(Regex regex) {
        return stripped(regex, true);
    }

    private static @Nullable Regex stripped(Regex regex, boolean required) {
        if (regex instanceof Choice choice) {
            List<Regex> options = new ArrayList<>();
            for (Regex option : choice.options()) {
                Regex body = stripped(option, required);
                if (body == null) {
                    return null;
                }
                options.add(body);
            }
            return Regex.choice(options);
        }
        List<Regex> items = regex instanceof Sequence sequence ? sequence.items() : List.of(regex);
        int from = !items.isEmpty() && items.get(0) instanceof Begin ? 1 : 0;
        int to = items.size() > from && items.get(items.size() - 1) instanceof End ? items.size() - 1 : items.size();
        if (required && (from == 0 || to == items.size())) {
            return null;
        }
        Regex body = Regex.sequence(items.subList(from, to));
        return body.isPlain() ? body : null;
    }
}
