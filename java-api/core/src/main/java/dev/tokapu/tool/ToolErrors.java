package dev.tokapu.tool;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What went wrong in a tool, as the model reads it. */
final class ToolErrors {

    private ToolErrors() {}

    /** Without what Java puts around an exception of a tool. */
    static Throwable cause(Throwable error) {
        Throwable cause = error.getCause();
        boolean wraps = error instanceof InvocationTargetException
                || error instanceof ExecutionException
                || error instanceof CompletionException;
        return wraps && cause != null ? cause(cause) : error;
    }

    /** Whether it is about the JVM rather than the tool. */
    static boolean isFatal(Throwable error) {
        return error instanceof Error && !(error instanceof StackOverflowError || error instanceof AssertionError);
    }

    /** The default of {@link ToolsBuilder#onError}. */
    static String message(ToolCall call, Throwable error) {
        String message = error.getMessage();
        return message == null || message.isBlank()
                ? call.name() + " failed: " + error.getClass().getSimpleName()
                : message;
    }

    static ToolResult unknown(ToolCall call, Tools tools) {
        String names = String.join(", ", tools.tools().stream().map(Tool::name).toList());
        return ToolResult.error(
                call,
                "there is no tool '" + call.name() + "'; "
                        + (names.isEmpty() ? "there are no tools" : "the tools are: " + names));
    }

    static ToolResult misfit(ToolCall call, IllegalArgumentException problem) {
        return ToolResult.error(call, "the arguments do not fit the tool: " + problem.getMessage());
    }

    static ToolResult refused(ToolCall call, String reason) {
        return ToolResult.error(call, reason.isBlank() ? "the call was refused" : "the call was refused: " + reason);
    }
}
