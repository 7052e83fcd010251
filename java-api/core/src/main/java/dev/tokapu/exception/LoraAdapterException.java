package dev.tokapu.exception;

/**
 * A LoRA adapter could not be loaded: the file is missing, unreadable, damaged, not an adapter, or made for another model.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class LoraAdapterException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message which file, what is wrong with it and what to do
     */
    public LoraAdapterException(String message) {
        super(message);
    }
}
