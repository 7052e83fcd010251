package dev.tokapu.chat;

import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolResult;

/**
 * Told what happens between a question and its answer while tools are called. An exception ends the loop.
 *
 * <p>Thread safety: called by the thread that asks.
 *
 * @since 0.1
 */
public interface ToolLoopListener {

    /** Does nothing. */
    ToolLoopListener NONE = new ToolLoopListener() {};

    /**
     * An answer grows: the final one, or one that calls tools.
     *
     * @param delta what is new
     */
    default void onDelta(AnswerDelta delta) {}

    /**
     * A tool has been run.
     *
     * @param call what the model asked for
     * @param result what goes back to it
     */
    default void onResult(ToolCall call, ToolResult result) {}
}
