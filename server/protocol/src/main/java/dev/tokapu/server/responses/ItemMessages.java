package dev.tokapu.server.responses;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.Role;
import dev.tokapu.server.responses.Item.Call;
import dev.tokapu.server.responses.Item.Message;
import dev.tokapu.server.responses.Item.Result;
import dev.tokapu.server.responses.Item.Thought;
import dev.tokapu.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages that items stand for: a thought, a text and the calls of one answer are one message. */
final class ItemMessages {

    private final List<ChatMessage> messages = new ArrayList<>();
    private final StringBuilder thought = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private final List<ToolCall> calls = new ArrayList<>();
    private boolean answering;
    private boolean hasText;

    private ItemMessages() {}

    /** With instructions before all of them, if there are any. */
    static List<ChatMessage> of(@Nullable String instructions, List<Item> items) {
        ItemMessages all = new ItemMessages();
        if (instructions != null && !instructions.isEmpty()) {
            all.messages.add(ChatMessage.system(instructions));
        }
        items.forEach(all::add);
        all.endAnswer();
        return all.messages;
    }

    private void add(Item item) {
        if (item instanceof Thought more) {
            addToAnswer(thought, more.text());
        } else if (item instanceof Call call) {
            if (!call.status().equals(Item.INCOMPLETE)) { // else it was cut off, and never made
                answering = true;
                calls.add(new ToolCall(call.callId(), call.name(), call.arguments()));
            }
        } else if (item instanceof Message message && message.role().equals(Item.ASSISTANT)) {
            addToAnswer(text, message.text());
            hasText = true;
        } else {
            endAnswer();
            messages.add(message(item));
        }
    }

    private static ChatMessage message(Item item) {
        if (item instanceof Result result) {
            return ChatMessage.tool(result.callId(), result.output());
        }
        Message message = (Message) item;
        return message.role().equals("user") ? ChatMessage.user(message.text()) : ChatMessage.system(message.text());
    }

    /** What follows a text is another answer, unless there are calls that wait for their results. */
    private void addToAnswer(StringBuilder to, String more) {
        if (hasText && calls.isEmpty()) {
            endAnswer();
        }
        answering = true;
        to.append(more);
    }

    private void endAnswer() {
        if (answering) {
            messages.add(new ChatMessage(Role.ASSISTANT, text.toString(), thought.toString(), calls, null));
        }
        thought.setLength(0);
        text.setLength(0);
        calls.clear();
        answering = false;
        hasText = false;
    }
}
