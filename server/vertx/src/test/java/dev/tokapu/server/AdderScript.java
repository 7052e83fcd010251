package dev.tokapu.server;

import dev.tokapu.ScriptedChat;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.Role;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.nio.file.Path;
import java.util.List;

/** What the model of the tests says: a text to one question, a thought and two calls of a tool to another. */
final class AdderScript {

    static final ToolDefinition ADD = new ToolDefinition(
            "add", "adds", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]}");

    /** The tool as OpenAI's clients send it. */
    static final String TOOLS = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\","
            + "\"description\":\"adds\",\"parameters\":" + ADD.parametersJsonSchema() + "}}]";

    static final String TEXT = "Four, é, 😀 and so on. Then more.";
    static final String TEXT_QUESTION = "!".repeat(300);
    static final String CALL_QUESTION = "What is 3 and 1?";
    static final String THOUGHT = "I have a tool for this.";
    static final String CALLS = "<think>\n" + THOUGHT + "\n</think>\n\n"
            + "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 3}}\n</tool_call>\n"
            + "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>";

    static final String NEXT_QUESTION = "And then?";
    static final String NEXT = "Five.";
    static final String SUM = "It is four.";

    private AdderScript() {}

    static ScriptedChat in(Path folder) {
        return new ScriptedChat(folder, List.of(ADD))
                .says(CALLS, ChatMessage.user(CALL_QUESTION))
                .says(TEXT, ChatMessage.user(TEXT_QUESTION));
    }

    /** With what is said next: to the text, and to the results 3 and 4 of the calls. */
    static ScriptedChat withNextTurns(Path folder) {
        List<ToolCall> calls = List.of(new ToolCall("a", "add", "{\"a\": 3}"), new ToolCall("b", "add", "{\"a\": 1}"));
        return in(folder)
                .says(
                        NEXT,
                        ChatMessage.user(TEXT_QUESTION),
                        ChatMessage.assistant(TEXT),
                        ChatMessage.user(NEXT_QUESTION))
                .says(
                        SUM,
                        ChatMessage.user(CALL_QUESTION),
                        new ChatMessage(Role.ASSISTANT, "", THOUGHT, calls, null),
                        ChatMessage.tool("a", "3"),
                        ChatMessage.tool("b", "4"));
    }
}
