package dev.tokapu.internal.grammar;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The sets of {@code \p{..}}, by the names that {@link Pattern} knows. Each takes a look at all of Unicode, so one grammar
 * gets some of them and no more; the last ones are kept for the next grammar.
 *
 * <p>Thread safety: confined.
 */
final class RegexProperties {

    private static final int MAX_OF_ONE = 32;
    private static final int MAX_KEPT = 64;

    @SuppressWarnings("serial") // never serialized
    private static final Map<String, CodePoints> KEPT = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CodePoints> eldest) {
            return size() > MAX_KEPT;
        }
    };

    private final Map<String, CodePoints> used = new HashMap<>();

    /**
     * The set of a name.
     *
     * @param name what is between the braces
     * @return null when there is no such property
     */
    @Nullable
    CodePoints find(String name) {
        CodePoints known = used.get(name);
        if (known != null) {
            return known;
        }
        if (used.size() >= MAX_OF_ONE) {
            throw new IllegalArgumentException("more than " + MAX_OF_ONE + " different \\p{..}");
        }
        CodePoints kept;
        synchronized (KEPT) {
            kept = KEPT.get(name);
        }
        CodePoints set = kept == null ? make(name) : kept;
        if (set != null) {
            used.put(name, set);
            synchronized (KEPT) {
                KEPT.put(name, set);
            }
        }
        return set;
    }

    private static @Nullable CodePoints make(String name) {
        try {
            Predicate<String> matches = Pattern.compile("\\p{" + name + "}").asMatchPredicate();
            return CodePoints.where(c -> matches.test(Character.toString(c)));
        } catch (PatternSyntaxException e) {
            return null;
        }
    }
}
