package dev.tokapu.internal.text;

import java.util.List;

/**
 * Finds stop strings in text that comes in pieces, and holds back the end of the text as long as it may be the beginning of
 * a stop string.
 *
 * <p>The first stop string to become complete wins, the longest when several do at the same character. How the text was cut
 * into pieces makes no difference.
 *
 * <p>Thread safety: confined.
 */
public final class StopMatcher {

    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean matched;

    /**
     * Creates one.
     *
     * @param stops the stop strings, none of them empty; may be an empty list
     */
    public StopMatcher(List<String> stops) {
        this.stops = List.copyOf(stops);
        for (String stop : stops) {
            if (stop.isEmpty()) {
                throw new IllegalArgumentException("a stop string is empty; it would match everywhere");
            }
        }
    }

    /**
     * Takes the next piece. After a match nothing more comes out.
     *
     * @param text the piece
     * @param out receives what is certainly before any stop string
     * @return whether a stop string is complete
     */
    public boolean feed(CharSequence text, StringBuilder out) {
        if (matched) {
            return true;
        }
        if (stops.isEmpty()) {
            out.append(text);
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            held.append(text.charAt(i));
            int length = longestMatch();
            if (length > 0) {
                matched = true;
                out.append(held, 0, held.length() - length);
                held.setLength(0);
                return true;
            }
            int keep = longestPrefix();
            int release = held.length() - keep;
            if (release > 0) {
                out.append(held, 0, release);
                held.delete(0, release);
            }
        }
        return false;
    }

    /**
     * Ends the text: what was held back was no stop string.
     *
     * @param out receives it
     */
    public void finish(StringBuilder out) {
        out.append(held);
        held.setLength(0);
    }

    /**
     * Whether a stop string was found.
     *
     * @return true after the match
     */
    public boolean isMatched() {
        return matched;
    }

    /** Length of the longest stop string that the held text ends with, 0 for none. */
    private int longestMatch() {
        int longest = 0;
        for (String stop : stops) {
            if (stop.length() > longest && endsWith(stop, stop.length())) {
                longest = stop.length();
            }
        }
        return longest;
    }

    /** Length of the longest end of the held text that a stop string begins with. */
    private int longestPrefix() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (endsWith(stop, length)) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    /** Whether the held text ends with the first {@code length} characters of {@code stop}. */
    private boolean endsWith(String stop, int length) {
        int start = held.length() - length;
        if (start < 0) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (held.charAt(start + i) != stop.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
