package dev.tokapu.exception;

/**
 * An answer is not in the format that was asked for, by its chat template, for example a tool call that is no JSON, or by the caller.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class AnswerFormatException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what went wrong, with which value, and what to do
     */
    public AnswerFormatException(String message) {
        super(message);
    }
}
