package dev.tokapu.chat;

import dev.tokapu.tool.ToolCall;

/**
 * What is new in an answer that grows.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public sealed interface AnswerDelta {

    /**
     * More text.
     *
     * @param text at least one character
     * @since 0.1
     */
    record Text(String text) implements AnswerDelta {}

    /**
     * More of a thought.
     *
     * @param text at least one character
     * @since 0.1
     */
    record Reasoning(String text) implements AnswerDelta {}

    /**
     * A tool call begins.
     *
     * @param index which call of the answer, from 0 on
     * @param id what the result will refer to
     * @param name name of the tool
     * @since 0.1
     */
    record CallStarted(int index, String id, String name) implements AnswerDelta {}

    /**
     * More of the arguments of a tool call.
     *
     * @param index which call of the answer
     * @param json the next part of the arguments' JSON
     * @since 0.1
     */
    record CallArguments(int index, String json) implements AnswerDelta {}

    /**
     * A tool call is complete.
     *
     * @param index which call of the answer
     * @param call the call
     * @since 0.1
     */
    record CallCompleted(int index, ToolCall call) implements AnswerDelta {}
}
