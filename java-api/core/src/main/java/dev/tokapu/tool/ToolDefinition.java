package dev.tokapu.tool;

import dev.tokapu.internal.util.Json;
import java.util.Objects;

/**
 * A tool that the model may call, as the chat template shows it to the model.
 *
 * <p>Thread safety: immutable.
 *
 * @param name what the model calls it
 * @param description what it does, for the model
 * @param parametersJsonSchema JSON schema of its arguments, a JSON object as text
 * @since 0.1
 */
public record ToolDefinition(String name, String description, String parametersJsonSchema) {

    /** Checks the values. */
    public ToolDefinition {
        Objects.requireNonNull(description, "description");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the tool has no name");
        }
        try {
            Json.readObject(parametersJsonSchema);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the parameters of tool '" + name + "' are no JSON object: " + e.getMessage(), e);
        }
    }
}
