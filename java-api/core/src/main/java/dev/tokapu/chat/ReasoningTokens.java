package dev.tokapu.chat;

import dev.tokapu.internal.text.Pieces;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * How many tokens of an answer its thoughts took; once the answer is whole, that is counted no more.
 *
 * <p>Thread safety: safe.
 */
final class ReasoningTokens {

    private static final byte[] NOTHING = {};
    private static final int NOT_KNOWN = -1;

    private final Pieces pieces;
    private volatile int known = NOT_KNOWN;

    /** For one answer; {@code pieces}: what the tokens look like in its text. */
    ReasoningTokens(Pieces pieces) {
        this.pieces = pieces;
    }

    /** Counts the tokens up to the end of the thought. */
    int of(boolean whole, String raw, String reasoning, Supplier<int[]> tokens) {
        int count = known;
        if (count == NOT_KNOWN) {
            count = count(raw, reasoning, tokens);
            known = whole ? count : NOT_KNOWN;
        }
        return count;
    }

    private int count(String raw, String reasoning, Supplier<int[]> tokens) {
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
