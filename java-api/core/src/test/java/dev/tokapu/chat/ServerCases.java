package dev.tokapu.chat;

import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.internal.util.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The cases that each template is tried with. */
final class ServerCases {

    static final String TOOLS = """
            [{"type": "function", "function": {"name": "weather", "description": "Tells the weather.", "parameters":
             {"type": "object", "properties": {"place": {"type": "string"}, "days": {"type": "integer"}}, "required": ["place"]}}},
            {"type": "function", "function": {"name": "note", "description": "Keeps a text.", "parameters":
             {"type": "object", "properties": {"text": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}},
              "required": ["text"]}}}]""";

    private static final String SCHEMA = """
            {"type": "json_schema", "json_schema": {"schema": {"type": "object", "properties": {"city": {"type": "string"}},
             "required": ["city"], "additionalProperties": false}}}""";

    private static final String TEXT = "Rome is in Italy, \u4e2d\u6587 too.";
    private static final String THOUGHT = "The user asks for Rome.";
    private static final String ROME = "{\"place\": \"Rome\", \"days\": 3}";
    private static final String HARD =
            "{\"text\": \"a \\\"b\\\" {c}\\n\u00e9\ud83d\ude00 </x> \\\\\", \"tags\": [\"one\", \"<two>\"]}";

    private final ServerAnswers answers;
    private final boolean namedIds;
    private final List<ServerCase> cases = new ArrayList<>();

    private ServerCases(JsonTemplate template, String source) {
        answers = new ServerAnswers(template);
        namedIds = namedIds(source);
    }

    /** Whether the ids of calls are to name their tools. */
    static boolean namedIds(String source) {
        return source.contains("<|tool_calls_section_begin|>");
    }

    static List<ServerCase> of(JsonTemplate template, String source) {
        ServerCases made = new ServerCases(template, source);
        made.texts();
        made.calls();
        made.broken();
        made.constrained();
        return made.cases;
    }

    private static Map<String, Object> request(Map<String, ?> more) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("messages", List.of(ServerAnswers.message("user", "How is the weather in Rome?")));
        request.putAll(more);
        return request;
    }

    private static Map<String, Object> withTools() {
        return request(Map.of("tools", new Json.Raw(TOOLS), "parallel_tool_calls", false));
    }

    private static Map<String, Object> answer(String content, String thought, List<Map<String, Object>> calls) {
        Map<String, Object> message = new LinkedHashMap<>(ServerAnswers.message("assistant", content));
        if (!thought.isEmpty()) {
            message.put("reasoning_content", thought);
        }
        if (!calls.isEmpty()) {
            message.put("tool_calls", calls);
        }
        return message;
    }

    private Map<String, Object> call(int index, String name, String arguments) {
        String id = namedIds ? "functions." + name + ":" + index : "call0000" + index;
        return Map.of("id", id, "type", "function", "function", Map.of("name", name, "arguments", arguments));
    }

    private void add(String name, Map<String, Object> request, String answer, boolean whole) {
        cases.add(new ServerCase(name, request, answer, whole));
    }

    private void add(String name, Map<String, Object> request, Map<String, Object> answer) {
        add(name, request, said(request, answer), true);
    }

    /** What the model says; nothing where the template refuses the request. */
    private String said(Map<String, Object> request, Map<String, Object> answer) {
        try {
            return answers.of(request, answer);
        } catch (ChatTemplateException e) {
            return "";
        }
    }

    private void texts() {
        add("text", request(Map.of()), answer(TEXT, "", List.of()));
        add("text, tools", withTools(), answer(TEXT, "", List.of()));
        add("thought", request(Map.of()), answer(TEXT, THOUGHT, List.of()));
        add("nothing", withTools(), "", true);
        String thinking = said(request(Map.of()), answer(TEXT, THOUGHT, List.of()));
        int thought = thinking.indexOf(THOUGHT);
        add(
                "cut thought",
                request(Map.of()),
                thinking.substring(0, Math.max(thought, 0) + THOUGHT.length() / 2),
                false);
    }

    private void calls() {
        List<Map<String, Object>> one = List.of(call(0, "weather", ROME));
        add("call", withTools(), answer("", "", one));
        add("text, call", withTools(), answer(TEXT, "", one));
        add("thought, call", withTools(), answer("", THOUGHT, one));
        add("hard call", withTools(), answer("", "", List.of(call(0, "note", HARD))));
        Map<String, Object> parallel = withTools();
        parallel.put("parallel_tool_calls", true);
        add("two calls", parallel, answer("", "", List.of(call(0, "weather", ROME), call(1, "note", HARD))));
    }

    private void broken() {
        String call = said(withTools(), answer("", "", List.of(call(0, "weather", ROME))));
        add("cut call", withTools(), call.substring(0, call.length() * 2 / 3), false);
        int brace = call.lastIndexOf('}');
        add("no brace", withTools(), call.substring(0, Math.max(brace, 0)) + call.substring(brace + 1), true);
        int name = call.indexOf("weather");
        add("no name", withTools(), call.replace("weather", ""), true);
        add("no tag", withTools(), call.substring(Math.max(name, 0)), true);
        add("unknown tool", withTools(), call.replace("weather", "whether"), true);
    }

    private void constrained() {
        Map<String, Object> required = withTools();
        required.put("tool_choice", "required");
        add("required", required, answer("", "", List.of(call(0, "weather", ROME))));
        Map<String, Object> none = withTools();
        none.put("tool_choice", "none");
        add("none", none, answer("", "", List.of(call(0, "weather", ROME))));
        Map<String, Object> schema = request(Map.of("response_format", new Json.Raw(SCHEMA)));
        add("schema", schema, answer("{\"city\": \"Rome\"}", "", List.of()));
        add("thought, schema", schema, answer("{\"city\": \"Rome\"}", THOUGHT, List.of()));
    }
}
