package dev.tokapu.mcp;

import dev.tokapu.exception.TokapuException;
import org.jspecify.annotations.Nullable;

/**
 * An MCP server cannot be reached, answers with an error, or sends what is not allowed.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public final class McpServerException extends TokapuException {

    private static final long serialVersionUID = 1L;

    McpServerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
