package dev.tokapu.fuzz;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.chat.Role;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolChoice;
import dev.tokapu.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A request with random tools and what a model may answer it.
 *
 * <p>Thread safety: for one thread.
 */
final class RandomConversation {

    private static final String[] NAMES = {"weather", "note", "a", "get_time", "x-1", "functions", "all", "caf\u00e9"};
    private static final String[] TYPES = {
        "{\"type\":\"string\"}",
        "{\"type\":\"integer\"}",
        "{\"type\":\"number\"}",
        "{\"type\":\"boolean\"}",
        "{\"enum\":[\"a\",\"b\"]}",
        "{\"type\":\"array\",\"items\":T}",
        "{\"type\":\"object\",\"properties\":{\"k\":T}}",
        "{\"type\":[\"string\",\"null\"]}",
        "{}"
    };
    private static final String[] VALUES = {
        "\"Rome\"",
        "3",
        "-1.5e3",
        "true",
        "null",
        "\"a \\\"b\\\" {c}\\n\u00e9\"",
        "[V, V]",
        "{\"k\": V}",
        "\"</x> <y>\"",
        "[]",
        "{}"
    };
    private static final String[] TEXTS = {
        "It is sunny.", "", "{\"city\": \"Rome\"}", "Two\n\nlines, \u4e2d\u6587", " ", "<b>bold</b>"
    };
    private static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}";

    private final Random random;
    private final List<ToolDefinition> tools = new ArrayList<>();

    RandomConversation(Random random) {
        this.random = random;
        for (int n = random.nextInt(4); n > 0; n--) {
            String name = one(NAMES) + (n > 1 ? "" + n : "");
            tools.add(new ToolDefinition(name, random.nextBoolean() ? "tells" : "", schema()));
        }
    }

    private String one(String[] texts) {
        return texts[random.nextInt(texts.length)];
    }

    private String schema() {
        StringBuilder properties = new StringBuilder();
        StringBuilder required = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            properties.append(properties.isEmpty() ? "" : ",").append("\"p" + i + "\":" + filled(TYPES, 'T', 3));
            if (random.nextBoolean()) {
                required.append(required.isEmpty() ? "" : ",").append("\"p" + i + "\"");
            }
        }
        return "{\"type\":\"object\",\"properties\":{" + properties + "},\"required\":[" + required + "]}";
    }

    /** A pattern in which a letter that stands alone is another one. */
    private String filled(String[] patterns, char hole, int depth) {
        String pattern = depth > 0 ? one(patterns) : patterns[0];
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            boolean alone = c == hole && ":[, ".indexOf(pattern.charAt(Math.max(0, i - 1))) >= 0;
            text.append(alone ? filled(patterns, hole, depth - 1) : "" + c);
        }
        return text.toString();
    }

    ChatRequest request() {
        return ChatRequest.builder(List.of(ChatMessage.user("How is the weather?")))
                .tools(tools)
                .toolChoice(choice())
                .parallelToolCalls(random.nextInt(3) == 0 ? null : random.nextBoolean())
                .reasoning(random.nextInt(4) == 0 ? ReasoningOptions.off() : ReasoningOptions.defaults())
                .answerGrammar(random.nextInt(3) == 0 ? Grammar.ofJsonSchema(SCHEMA) : null)
                .build();
    }

    private ToolChoice choice() {
        if (tools.isEmpty()) {
            return ToolChoice.auto();
        }
        return switch (random.nextInt(8)) {
            case 0 -> ToolChoice.none();
            case 1 -> ToolChoice.required();
            case 2 -> ToolChoice.named(tools.get(0).name());
            default -> ToolChoice.auto();
        };
    }

    /** What a model may answer. */
    ChatMessage answer() {
        List<ToolCall> calls = new ArrayList<>();
        for (int n = random.nextInt(3); n > 0 && !tools.isEmpty(); n--) {
            String name = tools.get(random.nextInt(tools.size())).name();
            String arguments = "{\"p1\": " + filled(VALUES, 'V', 4)
                    + (random.nextBoolean() ? ", \"p2\": " + filled(VALUES, 'V', 2) : "") + "}";
            calls.add(new ToolCall("functions." + name + ":" + calls.size(), name, arguments));
        }
        return new ChatMessage(Role.ASSISTANT, one(TEXTS), random.nextBoolean() ? "" : "The user asks.", calls, null);
    }
}
