package dev.tokapu.exception;

/**
 * A sequence cannot be shortened to a position, because its memory no longer has what is needed there: a recurrent or hybrid
 * model keeps the last state only, a sliding window the last tokens only. The sequence is as before.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public final class PartialRemovalException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what cannot be removed, and what to do
     */
    public PartialRemovalException(String message) {
        super(message);
    }
}
