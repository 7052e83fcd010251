package dev.tokapu.structured;

import dev.tokapu.exception.TokapuException;
import dev.tokapu.text.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * A text is no value of the type that was asked for: it was cut off, or it breaks a rule that a grammar cannot hold, or the
 * class refused it. It is never half a value.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class StructuredOutputException extends TokapuException {

    private static final long serialVersionUID = 1L;

    private final String text;
    private final @Nullable FinishReason finishReason;

    /**
     * Creates one.
     *
     * @param message what went wrong, and what to do
     * @param text the text as far as it came
     * @param finishReason why it ended; null for a text that no model has just generated
     * @param cause what led to it
     */
    public StructuredOutputException(
            String message, String text, @Nullable FinishReason finishReason, @Nullable Throwable cause) {
        super(message, cause);
        this.text = text;
        this.finishReason = finishReason;
    }

    /** {@return the text so far} */
    public String text() {
        return text;
    }

    /** {@return why the text ended; null for a text that no model has just generated} */
    public @Nullable FinishReason finishReason() {
        return finishReason;
    }
}
