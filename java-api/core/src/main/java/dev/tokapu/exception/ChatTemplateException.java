package dev.tokapu.exception;

import org.jspecify.annotations.Nullable;

/**
 * A chat template is missing, malformed, or refused the conversation that it was to render.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class ChatTemplateException extends TokapuException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param message what went wrong, with which value, and what to do
     */
    public ChatTemplateException(String message) {
        super(message);
    }

    /**
     * Creates one with a cause.
     *
     * @param message what went wrong, with which value, and what to do
     * @param cause what led to it
     */
    public ChatTemplateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
