package dev.tokapu.exception;

/**
 * A model went on calling tools beyond the limits that were set. The conversation has all calls and results so far, and can go on.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class ToolLimitException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message which limit, and what to do
     */
    public ToolLimitException(String message) {
        super(message);
    }
}
