package dev.tokapu.server.generate;

import dev.tokapu.Vocab;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which stop string ended an answer: its text is in the last tokens, and not in the answer.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class StopSequence {

    private StopSequence() {}

    /**
     * The stop string that became complete with the last token.
     *
     * @param tokens of the answer
     * @param stops the stop strings
     * @param vocab the model's
     * @return the stop string; null when it was none of these
     */
    public static @Nullable String find(int[] tokens, List<String> stops, Vocab vocab) {
        int longest =
                stops.stream().mapToInt(stop -> bytes(stop).length()).max().orElse(0);
        String before = "";
        int at = tokens.length - 1;
        String last = at < 0 ? "" : piece(tokens[at], vocab);
        while (--at >= 0 && before.length() < longest) {
            before = piece(tokens[at], vocab) + before;
        }
        return find(before, last, stops);
    }

    /** Of the stop strings that end in the last piece, the one that ends first; the longest when several do. */
    static @Nullable String find(String before, String last, List<String> stops) {
        String text = before + last;
        String found = null;
        int foundEnd = Integer.MAX_VALUE;
        int foundLength = 0;
        for (String stop : stops) {
            String bytes = bytes(stop);
            int start = text.indexOf(bytes, Math.max(0, before.length() - bytes.length() + 1));
            int end = start + bytes.length();
            if (start >= 0 && (end < foundEnd || (end == foundEnd && bytes.length() > foundLength))) {
                found = stop;
                foundEnd = end;
                foundLength = bytes.length();
            }
        }
        return found;
    }

    private static String piece(int token, Vocab vocab) {
        return new String(vocab.piece(token, true), StandardCharsets.ISO_8859_1);
    }

    /** The bytes of UTF-8, a character each: tokens may end inside a character. */
    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
