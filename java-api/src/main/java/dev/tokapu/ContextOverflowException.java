package dev.tokapu;

/**
 * A prompt or a conversation is longer than the context that is to hold it.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class ContextOverflowException extends TokapuException {

    private static final long serialVersionUID = 1L;

    private final int promptTokens;
    private final int contextSize;

    /**
     * Creates one.
     *
     * @param promptTokens the length that was asked for, in tokens
     * @param contextSize the room for one sequence, in tokens
     */
    public ContextOverflowException(int promptTokens, int contextSize) {
        super(promptTokens + " tokens do not fit into a context of " + contextSize
                + " tokens per sequence; shorten the text, raise ContextOptions.contextSize, or remove old tokens with"
                + " KvCache.remove and KvCache.shift");
        this.promptTokens = promptTokens;
        this.contextSize = contextSize;
    }

    /**
     * The length that was asked for.
     *
     * @return tokens
     */
    public int promptTokens() {
        return promptTokens;
    }

    /**
     * The room for one sequence.
     *
     * @return tokens
     */
    public int contextSize() {
        return contextSize;
    }
}
