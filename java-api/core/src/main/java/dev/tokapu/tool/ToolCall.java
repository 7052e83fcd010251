package dev.tokapu.tool;

import java.util.Objects;

/**
 * A call of a tool that the model asked for.
 *
 * <p>Thread safety: immutable.
 *
 * @param id what the result refers to; may be empty
 * @param name name of the tool
 * @param arguments the arguments, a JSON object as text
 * @since 0.1
 */
public record ToolCall(String id, String name, String arguments) {

    /** Checks the values. */
    public ToolCall {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(arguments, "arguments");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the tool call has no name");
        }
    }
}
