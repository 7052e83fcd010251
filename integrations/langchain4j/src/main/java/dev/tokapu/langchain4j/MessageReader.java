package dev.tokapu.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.tokapu.chat.Role;
import dev.tokapu.tool.ToolCall;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** LangChain4j's messages as Tokapu's. */
final class MessageReader {

    private MessageReader() {}

    /** {@return the conversation} */
    static List<dev.tokapu.chat.ChatMessage> read(List<ChatMessage> messages) {
        return messages.stream().map(MessageReader::read).toList();
    }

    /** {@return one message} */
    static dev.tokapu.chat.ChatMessage read(ChatMessage message) {
        if (message instanceof SystemMessage system) {
            return dev.tokapu.chat.ChatMessage.system(system.text());
        }
        if (message instanceof UserMessage user) {
            return dev.tokapu.chat.ChatMessage.user(text(user.contents()));
        }
        if (message instanceof AiMessage answer) {
            return new dev.tokapu.chat.ChatMessage(
                    Role.ASSISTANT,
                    orEmpty(answer.text()),
                    orEmpty(answer.thinking()),
                    answer.toolExecutionRequests().stream()
                            .map(MessageReader::call)
                            .toList(),
                    null);
        }
        if (message instanceof ToolExecutionResultMessage result) {
            return dev.tokapu.chat.ChatMessage.tool(orEmpty(result.id()), text(result.contents()));
        }
        throw new UnsupportedFeatureException("messages of type " + message.type()
                + " are not supported; send system, user, AI and tool result messages");
    }

    private static ToolCall call(ToolExecutionRequest request) {
        String arguments = orEmpty(request.arguments());
        return new ToolCall(orEmpty(request.id()), request.name(), arguments.isBlank() ? "{}" : arguments);
    }

    private static String text(List<Content> contents) {
        return contents.stream().map(MessageReader::text).collect(Collectors.joining("\n"));
    }

    private static String text(Content content) {
        if (content instanceof TextContent text) {
            return text.text();
        }
        throw new UnsupportedFeatureException("non-text content ("
                + content.type().name().toLowerCase(Locale.ROOT) + ") is not supported; send text alone");
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
