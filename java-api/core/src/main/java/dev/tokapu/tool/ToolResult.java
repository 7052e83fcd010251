package dev.tokapu.tool;

import java.util.Objects;

/**
 * What a tool call gave: the text that goes back to the model.
 *
 * <p>Thread safety: immutable.
 *
 * @param callId id of the call; may be empty
 * @param name name of the tool, as the model wrote it
 * @param text the result, or what went wrong
 * @param isError whether the call did not do what the model wanted
 * @since 0.1
 */
public record ToolResult(String callId, String name, String text, boolean isError) {

    /** Checks the values. */
    public ToolResult {
        Objects.requireNonNull(callId, "callId");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(text, "text");
    }

    /**
     * The result of a call that went well.
     *
     * @param call the call
     * @param text the result
     * @return the result
     */
    public static ToolResult of(ToolCall call, String text) {
        return new ToolResult(call.id(), call.name(), text, false);
    }

    /**
     * The result of a call that did not go well.
     *
     * @param call the call
     * @param text what went wrong, for the model
     * @return the result
     */
    public static ToolResult error(ToolCall call, String text) {
        return new ToolResult(call.id(), call.name(), text, true);
    }
}
