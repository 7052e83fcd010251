package dev.tokapu.chat;

import dev.tokapu.internal.util.Json;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The conversations whose prompts are compared with llama-server's. */
final class ServerPrompts {

    private final String text;
    private final boolean namedIds;

    /**
     * Conversations with a text wherever others than the template's author may write.
     *
     * @param text behind every text
     * @param namedIds whether ids of calls are to name the tool
     */
    ServerPrompts(String text, boolean namedIds) {
        this.text = text;
        this.namedIds = namedIds;
    }

    Map<String, ChatRequest> all() {
        Map<String, ChatRequest> requests = new LinkedHashMap<>();
        List<ChatMessage> messages = new ArrayList<>(List.of(ChatMessage.user("hello" + text)));
        requests.put("user", ChatRequest.of(messages));
        messages.add(ChatMessage.assistant("yes" + text));
        messages.add(ChatMessage.user(text + " again"));
        requests.put("turns", ChatRequest.of(messages));
        messages.add(0, ChatMessage.system("Be brief." + text));
        requests.put("system", ChatRequest.of(messages));
        requests.put(
                "variables",
                ChatRequest.builder(messages)
                        .arguments(Map.of("custom", "x" + text, "reasoning_effort", "low"))
                        .build());
        requests.put(
                "no thinking",
                ChatRequest.builder(messages).reasoning(ReasoningOptions.off()).build());
        requests.put("tools", tools(messages));
        messages.add(ChatMessage.assistant("", List.of(call(0, "weather", Map.of("place", "Rome" + text, "days", 3)))));
        messages.add(ChatMessage.tool(id(0, "weather"), "sunny" + text));
        requests.put("result", tools(messages));
        messages.add(ChatMessage.assistant("It is sunny." + text));
        messages.add(ChatMessage.user("Keep it." + text));
        messages.add(ChatMessage.assistant(
                "Two calls." + text,
                List.of(
                        call(1, "note", Map.of("text", "a\n\"b\" {c}" + text)),
                        call(2, "weather", Map.of("place", "\u4e2d\u6587", "days", 0)))));
        messages.add(ChatMessage.tool(id(1, "note"), "{\"kept\": [1, true, null], \"text\": \"\u00e9\"}"));
        messages.add(ChatMessage.tool(id(2, "weather"), ""));
        requests.put("parallel", tools(messages));
        messages.add(ChatMessage.assistant("Done." + text));
        requests.put(
                "no answer",
                ChatRequest.builder(messages)
                        .tools(definitions())
                        .addGenerationPrompt(false)
                        .build());
        return requests;
    }

    /** Conversations whose last message is to be continued. */
    Map<String, ChatRequest> begun() {
        Map<String, ChatRequest> requests = new LinkedHashMap<>();
        ChatMessage answer = ChatMessage.assistant("Well, " + text);
        requests.put("text", begun(answer).build());
        requests.put(
                "without thinking",
                begun(answer).reasoning(ReasoningOptions.off()).build());
        ChatMessage thought = new ChatMessage(Role.ASSISTANT, "Well, " + text, "Hm." + text, List.of(), null);
        requests.put("behind a thought", begun(thought).build());
        requests.put("tools", begun(answer).tools(definitions()).build());
        return requests;
    }

    private ChatRequest.Builder begun(ChatMessage answer) {
        return ChatRequest.builder(List.of(ChatMessage.user("hello" + text), answer))
                .continueFinalMessage(true);
    }

    private ChatRequest tools(List<ChatMessage> messages) {
        return ChatRequest.builder(messages).tools(definitions()).build();
    }

    private List<ToolDefinition> definitions() {
        Map<String, Object> place = new LinkedHashMap<>();
        place.put("type", "string");
        place.put("description", "where" + text);
        place.put("enum", List.of("Rome", "x" + text));
        String schema = Json.write(Map.of("type", "object", "properties", Map.of("place", place)));
        return List.of(
                new ToolDefinition("weather", "tells" + text, schema),
                new ToolDefinition(
                        "note", "", "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}}}"));
    }

    private String id(int index, String name) {
        return namedIds ? "functions." + name + ":" + index : "call0000" + index;
    }

    private ToolCall call(int index, String name, Map<String, Object> arguments) {
        return new ToolCall(id(index, name), name, Json.write(arguments));
    }

    /** The request as llama-server reads it. */
    static Map<String, Object> body(ChatRequest request) {
        Map<String, Object> variables = new LinkedHashMap<>(request.arguments());
        if (!request.reasoning().enabled()) {
            variables.put("enable_thinking", false);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        Map<String, String> names = new HashMap<>();
        List<Map<String, Object>> messages = new ArrayList<>();
        for (ChatMessage message : request.messages()) {
            message.toolCalls().forEach(call -> names.put(call.id(), call.name()));
            messages.add(message(message, names));
        }
        body.put("messages", messages);
        body.put("chat_template_kwargs", variables);
        body.put("add_generation_prompt", request.addGenerationPrompt() && !request.continueFinalMessage());
        if (request.continueFinalMessage()) {
            body.put("continue_final_message", true);
        }
        if (!request.tools().isEmpty()) {
            body.put("tools", request.tools().stream().map(ServerPrompts::tool).toList());
        }
        return body;
    }

    private static Map<String, Object> message(ChatMessage message, Map<String, String> names) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("role", message.role().text());
        json.put("content", message.content());
        if (!message.reasoning().isEmpty()) {
            json.put("reasoning_content", message.reasoning());
        }
        if (!message.toolCalls().isEmpty()) {
            json.put(
                    "tool_calls",
                    message.toolCalls().stream().map(ServerPrompts::call).toList());
        }
        if (message.toolCallId() != null) {
            json.put("tool_call_id", message.toolCallId());
            json.put("name", names.get(message.toolCallId()));
        }
        return json;
    }

    private static Map<String, Object> call(ToolCall call) {
        return Map.of(
                "type",
                "function",
                "id",
                call.id(),
                "function",
                Map.of("name", call.name(), "arguments", call.arguments()));
    }

    private static Map<String, Object> tool(ToolDefinition tool) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", tool.name());
        function.put("description", tool.description());
        function.put("parameters", new Json.Raw(tool.parametersJsonSchema()));
        return Map.of("type", "function", "function", function);
    }
}
