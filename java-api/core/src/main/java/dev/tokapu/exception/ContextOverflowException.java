package dev.tokapu.exception;

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
        this(promptTokens, contextSize, "shorten the text, or raise ContextOptions.contextSize");
    }

    /**
     * Creates one that says what helps.
     *
     * @param promptTokens the length that was asked for, in tokens
     * @param contextSize the room for one sequence, in tokens
     * @param advice what to do, for the message
     */
    public ContextOverflowException(int promptTokens, int contextSize, String advice) {
        super(promptTokens + " tokens do not fit into a context of " + contextSize + " tokens per sequence; " + advice);
        this.promptTokens = promptTokens;
        this.contextSize = contextSize;
    }

    /** {@return the length that was asked for, in tokens} */
    public int promptTokens() {
        return promptTokens;
    }

    /** {@return the capacity for one sequence, in tokens} */
    public int contextSize() {
        return contextSize;
    }
}
