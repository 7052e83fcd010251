package dev.tokapu.chat;

import dev.tokapu.internal.util.Json;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolChoice;
import dev.tokapu.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A request in the form that the native library reads: the JSON of OpenAI's chat API. */
final class ChatRequestJson {

    private ChatRequestJson() {}

    /** {@code parser}: whether a parser for the answer is wanted. */
    static String write(ChatRequest request, boolean parser) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("messages", messages(request.rendered()));
        if (!request.tools().isEmpty()) {
            json.put(
                    "tools", request.tools().stream().map(ChatRequestJson::tool).toList());
        }
        json.put("add_generation_prompt", request.addGenerationPrompt() || request.continueFinalMessage());
        if (!request.reasoning().enabled()) {
            json.put("enable_thinking", false); // else as the template can
        }
        Map<String, Object> arguments = new LinkedHashMap<>(request.arguments());
        String effort = request.reasoning().effort();
        if (effort != null) {
            arguments.put("reasoning_effort", effort);
        }
        if (!arguments.isEmpty()) {
            json.put("chat_template_kwargs", arguments);
        }
        putToolChoice(json, request);
        Grammar grammar = request.answerGrammar();
        if (grammar != null) {
            json.put("answer_grammar", grammar.gbnf());
        }
        json.put("answer_parser", parser);
        return Json.write(json);
    }

    private static void putToolChoice(Map<String, Object> json, ChatRequest request) {
        ToolChoice choice = request.toolChoice();
        String named = choice.name();
        if (named == null) {
            json.put("tool_choice", choice.kind().name().toLowerCase(Locale.ROOT));
        } else {
            json.put("tool_name", named);
        }
        Boolean parallel = request.parallelToolCalls();
        if (parallel != null) {
            json.put("parallel_tool_calls", parallel);
        }
    }

    /** Messages, each of a tool with the name that its call has. */
    private static List<Map<String, Object>> messages(List<ChatMessage> messages) {
        Map<String, String> names = new HashMap<>();
        List<Map<String, Object>> all = new ArrayList<>();
        for (ChatMessage message : messages) {
            message.toolCalls().forEach(call -> names.put(call.id(), call.name()));
            Map<String, Object> json = message(message);
            String name = message.toolCallId() == null ? null : names.get(message.toolCallId());
            if (name != null) {
                json.put("name", name);
            }
            all.add(json);
        }
        return all;
    }

    static Map<String, Object> message(ChatMessage message) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("role", message.role().text());
        json.put("content", message.content());
        if (!message.reasoning().isEmpty()) {
            json.put("reasoning_content", message.reasoning());
        }
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
