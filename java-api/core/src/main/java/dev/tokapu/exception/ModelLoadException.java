package dev.tokapu.exception;

import org.jspecify.annotations.Nullable;

/**
 * A model could not be loaded: the file is missing, unreadable, damaged or of a kind that llama.cpp does not know.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class ModelLoadException extends TokapuException {

    private static final long serialVersionUID = 1L;

    private final String source;

    /**
     * Creates one.
     *
     * @param source what was to be loaded, as text
     * @param reason what is wrong with it and what to do
     */
    public ModelLoadException(String source, String reason) {
        this(source, reason, null);
    }

    /**
     * Creates one with a cause.
     *
     * @param source what was to be loaded, as text
     * @param reason what is wrong with it and what to do
     * @param cause what led to it
     */
    public ModelLoadException(String source, String reason, @Nullable Throwable cause) {
        super("cannot load model " + source + ": " + reason, cause);
        this.source = source;
    }

    /** {@return the path of the model, or the text of another source} */
    public String source() {
        return source;
    }
}
