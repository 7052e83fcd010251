package dev.tokapu.internal.grammar;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What was made of the texts that were asked for last: the same schemas come again and again, in requests to a server above all, and a large
 * one takes milliseconds.
 *
 * <p>Thread safety: safe; two threads may make the same text.
 */
final class RecentTexts {

    private static final int MOST = 128;

    private final UnaryOperator<String> maker;
    private final int mostCharacters;
    private final Map<String, String> made = new LinkedHashMap<>(MOST, 0.75f, true); // the lock for both
    private int characters;

    /** {@code mostCharacters}: of all that is kept. */
    RecentTexts(int mostCharacters, UnaryOperator<String> maker) {
        this.mostCharacters = mostCharacters;
        this.maker = maker;
    }

    String of(String text) {
        int unused = text.hashCode(); // a String keeps it: a long one is not read with the lock
        synchronized (made) {
            String known = made.get(text);
            if (known != null) {
                return known;
            }
        }
        String result = maker.apply(text);
        if (text.length() + result.length() <= mostCharacters) {
            keep(text, result);
        }
        return result;
    }

    private void keep(String text, String result) {
        synchronized (made) {
            if (made.put(text, result) == null) {
                characters += text.length() + result.length();
            }
            var oldest = made.entrySet().iterator();
            while (made.size() > MOST || characters > mostCharacters) {
                Map.Entry<String, String> entry = oldest.next();
                characters -= entry.getKey().length() + entry.getValue().length();
                oldest.remove();
            }
        }
    }

    /** How many characters are kept. */
    int characters() {
        synchronized (made) {
            return characters;
        }
    }
}
