package dev.tokapu.chat;

import dev.tokapu.internal.util.Json;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A request in the form that the native library reads: the JSON of OpenAI's chat API. */
final class ChatRequestJson {

    private ChatRequestJson() {}

    static String write(ChatRequest request) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(
                "messages",
                request.messages().stream().map(ChatRequestJson::message).toList());
        if (!request.tools().isEmpty()) {
            json.put(
                    "tools", request.tools().stream().map(ChatRequestJson::tool).toList());
        }
        json.put("add_generation_prompt", request.addGenerationPrompt());
        json.put("enable_thinking", request.enableThinking());
        if (!request.arguments().isEmpty()) {
            json.put("chat_template_kwargs", request.arguments());
        }
        return Json.write(json);
    }

    static Map<String, Object> message(ChatMessage message) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("role", message.role().text());
        json.put("content", message.content());
        if (!message.toolCalls().isEmpty()) {
            List<Map<String, Object>> calls = new ArrayList<>();
            for (ToolCall call : message.toolCalls()) {
                Map<String, Object> function = Map.of("name", call.name(), "arguments", call.arguments());
                calls.add(Map.of("id", call.id(), "type", "function", "function", function));
            }
            json.put("tool_calls", calls);
        }
        String toolCallId = message.toolCallId();
        if (toolCallId != null) {
            json.put("tool_call_id", toolCallId);
        }
        return json;
    }

    private static Map<String, Object> tool(ToolDefinition tool) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", tool.name());
        function.put("description", tool.description());
        function.put("parameters", new Json.Raw(tool.parametersJsonSchema()));
        return Map.of("type", "function", "function", function);
    }
}
