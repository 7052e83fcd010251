package dev.tokapu.server.generate;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.Role;
import java.util.List;

/**
 * Messages that end with the beginning of the answer.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class AnswerBeginning {

    private AnswerBeginning() {}

    /**
     * Whether the last message is an answer that can be continued.
     *
     * @param messages the conversation
     * @return true for a message of the assistant behind others that calls no tool
     */
    public static boolean isLast(List<ChatMessage> messages) {
        if (messages.size() < 2) {
            return false;
        }
        ChatMessage last = messages.get(messages.size() - 1);
        return last.role() == Role.ASSISTANT && last.toolCalls().isEmpty();
    }
}
