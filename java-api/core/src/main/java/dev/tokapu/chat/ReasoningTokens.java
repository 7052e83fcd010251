package dev.tokapu.chat;

import dev.tokapu.internal.text.Pieces;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * How many tokens of an answer its thoughts took.
 *
 * <p>Thread safety: immutable.
 *
 * @param pieces what the tokens look like in the answer's text
 */
record ReasoningTokens(Pieces pieces) {

    private static final byte[] NOTHING = {};

    /** Counts the tokens up to the end of the thought. */
    int of(String raw, String reasoning, Supplier<int[]> tokens) {
        if (reasoning.isEmpty()) {
            return 0;
        }
        int end = Math.max(0, raw.indexOf(reasoning)) + reasoning.length();
        int bytes = raw.substring(0, Math.min(end, raw.length())).getBytes(StandardCharsets.UTF_8).length;
        int count = 0;
        for (int token : tokens.get()) {
            if (bytes <= 0) {
                break;
            }
            bytes -= pieces.piece(token, NOTHING);
            count++;
        }
        return count;
    }
}
