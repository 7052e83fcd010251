package dev.tokapu.internal.util;

import dev.tokapu.exception.ContextOverflowException;

/** Says that a text is too long for a context, why its sequences are that short, and what helps. */
public final class Overflow {

    private Overflow() {}

    /**
     * For a context of these sizes.
     *
     * @param tokens the length of the text
     * @param sequenceSize the room for one sequence
     * @param contextSize the room for all of them
     */
    public static ContextOverflowException of(int tokens, int sequenceSize, int contextSize, String otherwise) {
        boolean divided = contextSize > sequenceSize;
        return new ContextOverflowException(
                tokens,
                sequenceSize,
                (divided ? "ContextOptions.contextSize, " + contextSize + ", is divided by maxSequences; " : "")
                        + "shorten the text, raise ContextOptions.contextSize, "
                        + (divided ? "let the sequences share it (KvCacheOptions.unified), " : "")
                        + "or " + otherwise);
    }
}
