package dev.tokapu.engine;

import dev.tokapu.exception.TokapuException;

/**
 * A draft model has other tokens than the model that it is to draft for.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class VocabularyMismatchException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what differs, and what to do
     */
    public VocabularyMismatchException(String message) {
        super(message);
    }
}
