package dev.tokapu.server;

import dev.tokapu.ScriptedChat;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the model says in LangChain4j's own tests of models. */
final class CapitalScript {

    private static final String CAPITAL = "What is the capital of Germany?";
    private static final String BERLIN = "{\"city\":\"Berlin\"}"; // as text and in a format alike
    private static final ToolDefinition WEATHER = tool("getWeather", "city", "string");
    private static final ToolDefinition TIME = tool("getTime", "country", "string");
    private static final ToolDefinition NOW =
            new ToolDefinition("get_current_time", "", "{\"type\":\"object\",\"properties\":{},\"required\":[]}");
    private static final ToolDefinition ADD = new ToolDefinition(
            "add_two_numbers",
            "",
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":\"integer\"}},\"required\":[]}");
    private static final ToolCall MUNICH = new ToolCall("a", "getWeather", "{\"city\":\"Munich\"}");
    private static final ToolCall FRANCE = new ToolCall("b", "getTime", "{\"country\":\"France\"}");
    private static final ToolCall CLOCK = new ToolCall("c", "get_current_time", "{}");

    /** Tokens that a conversation has at most. */
    static final int MOST_TOKENS = 1536;

    /** What the model says depends on the position alone: so conversations with these words begin later, where no other answer is. */
    private static final Map<String, Integer> LATER =
            Map.of("Translate", 20, "time now", 180, "I live", 360, "in parallel", 450);

    private CapitalScript() {}

    private static ToolDefinition tool(String name, String property, String type) {
        return new ToolDefinition(
                name,
                "",
                "{\"type\":\"object\",\"properties\":{\"" + property + "\":{\"type\":\"" + type
                        + "\"}},\"required\":[]}");
    }

    private static String template() {
        StringBuilder template = new StringBuilder();
        LATER.forEach((word, tokens) -> template.append("{%- if '")
                .append(word)
                .append("' in messages[0].content %}")
                .append("!".repeat(tokens))
                .append("{%- endif %}"));
        return template + ScriptedChat.TEMPLATE;
    }

    static ScriptedChat in(Path folder) {
        ScriptedChat script = new ScriptedChat(folder, List.of())
                .template(template())
                .says(BERLIN, ChatMessage.user(CAPITAL))
                .says("Berlin. Four.", ChatMessage.user(CAPITAL + " How much is 2 + 2?"))
                .says(BERLIN, ChatMessage.user(CAPITAL + " Answer with a JSON object containing a single 'city' field"))
                .says(
                        "Ich liebe dich",
                        ChatMessage.system("Translate messages from user into German"),
                        ChatMessage.user("Translate: 'I love you'"))
                .says(
                        "It is green.",
                        ChatMessage.user("Hi, my favorite color is green"),
                        ChatMessage.assistant("Hi, nice to meet you"),
                        ChatMessage.user("What is my favorite color?"))
                .says("Hello World", ChatMessage.user("Say 'Hello World'"));
        return tools(script);
    }

    private static ScriptedChat tools(ScriptedChat script) {
        ChatMessage weather = ChatMessage.user("What is the weather in Munich?");
        ChatMessage now = ChatMessage.user("What is the time now? Use the get_current_time tool.");
        ChatMessage both = ChatMessage.user(
                "What is the weather in Munich and time in France? Call tools simultaneously (in parallel)");
        ChatMessage munich = ChatMessage.user("I live in Munich");
        return script.says(raw(MUNICH), request(List.of(WEATHER), weather))
                .says(
                        "{\"weather\":\"sunny\"}",
                        request(
                                List.of(WEATHER),
                                weather,
                                ChatMessage.assistant("", List.of(MUNICH)),
                                ChatMessage.tool("a", "sunny")))
                .says(raw(CLOCK), request(List.of(NOW), now))
                .says(
                        "It is 10:14.",
                        request(
                                List.of(NOW),
                                now,
                                ChatMessage.assistant("", List.of(CLOCK)),
                                ChatMessage.tool("c", "10:14")))
                .says(raw(MUNICH) + '\n' + raw(FRANCE), request(List.of(WEATHER, TIME), both))
                .says(
                        "Sunny, and it is 14:35.",
                        request(
                                List.of(WEATHER, TIME),
                                both,
                                ChatMessage.assistant("", List.of(MUNICH, FRANCE)),
                                ChatMessage.tool("a", "sunny"),
                                ChatMessage.tool("b", "14:35")))
                .says(raw(MUNICH), request(List.of(WEATHER), munich))
                .says(raw(MUNICH), request(List.of(WEATHER, ADD), munich));
    }

    private static ChatRequest request(List<ToolDefinition> tools, ChatMessage... messages) {
        return ChatRequest.builder(List.of(messages)).tools(tools).build();
    }

    /** No blanks in the arguments: a part of them that is blank is an error to LangChain4j. */
    private static String raw(ToolCall call) {
        return "<tool_call>\n{\"name\": \"" + call.name() + "\", \"arguments\": " + call.arguments()
                + "}\n</tool_call>";
    }
}
