package dev.tokapu.spring.ai;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.Role;
import dev.tokapu.tool.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.MediaContent;

/** Spring AI's messages as Tokapu's. */
final class MessageReader {

    private MessageReader() {}

    /** {@return the conversation} */
    static List<ChatMessage> read(List<Message> messages) {
        return messages.stream().flatMap(MessageReader::read).toList();
    }

    private static Stream<ChatMessage> read(Message message) {
        if (message instanceof MediaContent content && !content.getMedia().isEmpty()) {
            throw new UnsupportedOperationException(
                    "a message has " + content.getMedia().size() + " images or other media; send text alone");
        }
        if (message instanceof SystemMessage) {
            return text(message).isEmpty() ? Stream.empty() : Stream.of(ChatMessage.system(text(message)));
        }
        if (message instanceof UserMessage) {
            return Stream.of(ChatMessage.user(text(message)));
        }
        if (message instanceof AssistantMessage answer) {
            return Stream.of(new ChatMessage(
                    Role.ASSISTANT,
                    text(answer),
                    thoughts(answer.getMetadata()),
                    answer.getToolCalls().stream().map(MessageReader::call).toList(),
                    null));
        }
        if (message instanceof ToolResponseMessage results) {
            return results.getResponses().stream()
                    .map(result -> ChatMessage.tool(orEmpty(result.id()), orEmpty(result.responseData())));
        }
        throw new UnsupportedOperationException("messages of type " + message.getMessageType()
                + " are not supported; send system, user, assistant and tool response messages");
    }

    private static ToolCall call(AssistantMessage.ToolCall call) {
        String arguments = orEmpty(call.arguments());
        return new ToolCall(orEmpty(call.id()), call.name(), arguments.isBlank() ? "{}" : arguments);
    }

    private static String thoughts(Map<String, Object> metadata) {
        return metadata.get(TokapuChatModel.THOUGHTS) instanceof String thoughts ? thoughts : "";
    }

    private static String text(Message message) {
        return orEmpty(message.getText());
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
