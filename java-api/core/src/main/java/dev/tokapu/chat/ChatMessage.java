package dev.tokapu.chat;

import dev.tokapu.tool.ToolCall;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation.
 *
 * <p>Thread safety: immutable.
 *
 * @param role who says it
 * @param content its text; may be empty
 * @param reasoning what the assistant thought before it, mostly empty; the chat template decides whether the model reads it again
 * @param toolCalls tools that the assistant calls in it
 * @param toolCallId for a tool's message: the call that it answers
 * @since 0.1
 */
public record ChatMessage(
        Role role,
        String content,
        String reasoning,
        List<ToolCall> toolCalls,
        @Nullable String toolCallId) {

    /** Checks the values. */
    public ChatMessage {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
        toolCalls = List.copyOf(toolCalls);
        if (!reasoning.isEmpty() && role != Role.ASSISTANT) {
            throw new IllegalArgumentException("a message of role " + role + " has reasoning; only ASSISTANT may");
        }
        if (!toolCalls.isEmpty() && role != Role.ASSISTANT) {
            throw new IllegalArgumentException("a message of role " + role + " has tool calls; only ASSISTANT may");
        }
        if (toolCallId != null && role != Role.TOOL) {
            throw new IllegalArgumentException("a message of role " + role + " has a tool call id; only TOOL may");
        }
    }

    /**
     * An instruction for the whole conversation.
     *
     * @param content its text
     * @return the message
     */
    public static ChatMessage system(String content) {
        return new ChatMessage(Role.SYSTEM, content, "", List.of(), null);
    }

    /**
     * What the user says.
     *
     * @param content its text
     * @return the message
     */
    public static ChatMessage user(String content) {
        return new ChatMessage(Role.USER, content, "", List.of(), null);
    }

    /**
     * What the model says.
     *
     * @param content its text
     * @return the message
     */
    public static ChatMessage assistant(String content) {
        return new ChatMessage(Role.ASSISTANT, content, "", List.of(), null);
    }

    /**
     * What the model says, with calls of tools.
     *
     * @param content its text; may be empty
     * @param toolCalls the calls
     * @return the message
     */
    public static ChatMessage assistant(String content, List<ToolCall> toolCalls) {
        return new ChatMessage(Role.ASSISTANT, content, "", toolCalls, null);
    }

    /**
     * What a tool answers.
     *
     * @param toolCallId the call that it answers
     * @param content its result, as text
     * @return the message
     */
    public static ChatMessage tool(String toolCallId, String content) {
        return new ChatMessage(Role.TOOL, content, "", List.of(), toolCallId);
    }
}
