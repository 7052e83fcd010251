package dev.tokapu.chat;

import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolResult;
import java.util.ArrayList;
import java.util.List;

/** The messages of a conversation, and which of them the model no longer gets to see. Confined. */
final class ChatHistory {

    private final List<ChatMessage> messages = new ArrayList<>();

    /** Messages after the system prompt that are left out. */
    private int forgotten;

    List<ChatMessage> all() {
        return List.copyOf(messages);
    }

    void add(ChatMessage message) {
        messages.add(message);
    }

    void removeLast() {
        messages.remove(messages.size() - 1);
        forgotten = Math.min(forgotten, Math.max(0, messages.size() - systemMessages()));
    }

    /** Takes off a question that got no answer; results of tools stay, as calls without results are no conversation. */
    void takeBackQuestion() {
        if (messages.get(messages.size() - 1).role() != Role.TOOL) {
            removeLast();
        }
    }

    /** Requires a result for each tool call of the last message, in any order. */
    void requireCalls(List<ToolResult> results) {
        ChatMessage last = messages.isEmpty() ? null : messages.get(messages.size() - 1);
        if (last == null || last.toolCalls().isEmpty()) {
            throw new IllegalStateException("the last message has no tool calls; there is nothing to give results of");
        }
        List<String> wanted =
                last.toolCalls().stream().map(ToolCall::id).sorted().toList();
        List<String> given = results.stream().map(ToolResult::callId).sorted().toList();
        if (!wanted.equals(given)) {
            throw new IllegalArgumentException(
                    "the results are of the calls " + given + "; the last message has the calls " + wanted);
        }
    }

    /** Takes off the model's last answer. */
    ChatMessage removeAnswer() {
        ChatMessage last = messages.isEmpty() ? null : messages.get(messages.size() - 1);
        if (last == null || last.role() != Role.ASSISTANT || !last.toolCalls().isEmpty()) {
            throw new IllegalStateException(
                    "the last message is not an answer of the model; there is nothing to continue");
        }
        removeLast();
        return last;
    }

    void replace(List<ChatMessage> others, int forgottenOfThem) {
        List<ChatMessage> copy = List.copyOf(others);
        messages.clear();
        messages.addAll(copy);
        forgotten = forgottenOfThem;
    }

    int forgotten() {
        return forgotten;
    }

    /** The system prompt: system messages at the beginning. */
    List<ChatMessage> system() {
        return List.copyOf(messages.subList(0, systemMessages()));
    }

    /** What the model gets to see. */
    List<ChatMessage> shown() {
        int system = systemMessages();
        List<ChatMessage> shown = new ArrayList<>(messages.subList(0, system));
        shown.addAll(messages.subList(system + forgotten, messages.size()));
        return shown;
    }

    private int systemMessages() {
        int count = 0;
        while (count < messages.size() && messages.get(count).role() == Role.SYSTEM) {
            count++;
        }
        return count;
    }

    /**
     * Leaves out the oldest message, and what belongs to it: up to the next one of the user.
     *
     * @return false when only the newest is left
     */
    boolean forgetOldest() {
        int next = systemMessages() + forgotten + 1;
        while (next < messages.size() && messages.get(next).role() != Role.USER) {
            next++;
        }
        if (next >= messages.size()) {
            return false;
        }
        forgotten = next - systemMessages();
        return true;
    }
}
