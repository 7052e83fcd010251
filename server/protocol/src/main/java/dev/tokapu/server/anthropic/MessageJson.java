package dev.tokapu.server.anthropic;

import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.generate.StopSequence;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.Usage;
import dev.tokapu.tool.ToolCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of Anthropic's responses. */
final class MessageJson {

    /** Of thoughts: clients want one, and send it back; nobody has signed them here. */
    static final String SIGNATURE = "unsigned";

    private MessageJson() {}

    /** A message without its end. */
    static Map<String, @Nullable Object> message(String id, String model, List<?> content, Answers answers) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("type", "message");
        json.put("role", "assistant");
        json.put("model", model);
        json.put("content", content);
        json.put("stop_reason", null);
        json.put("stop_sequence", null);
        json.put("usage", usage(answers.usage()));
        return json;
    }

    /** Cached tokens of the prompt are apart from the others. */
    static Map<String, Object> usage(Usage usage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("input_tokens", usage.promptTokens() - usage.cachedTokens());
        json.put("cache_creation_input_tokens", 0);
        json.put("cache_read_input_tokens", usage.cachedTokens());
        json.put("output_tokens", usage.generatedTokens());
        json.put("output_tokens_details", Map.of("thinking_tokens", usage.reasoningTokens()));
        return json;
    }

    /** Why an answer ended: stop_reason and stop_sequence. */
    static Map<String, @Nullable Object> end(AnswerParts answer, MessageParameters parameters) {
        FinishReason reason = answer.chat().finishReason();
        String stop = reason == FinishReason.STOP_TEXT
                ? StopSequence.find(
                        answer.text().tokens(),
                        parameters.stops(),
                        parameters.model().engine().model().vocab())
                : null;
        return end(reason, !answer.chat().toolCalls().isEmpty(), stop);
    }

    static Map<String, @Nullable Object> end(FinishReason reason, boolean callsTools, @Nullable String stop) {
        String why;
        if (reason == FinishReason.CONTEXT_FULL) {
            why = "model_context_window_exceeded";
        } else if (reason.isCutOff()) {
            why = "max_tokens";
        } else if (callsTools) {
            why = "tool_use";
        } else {
            why = stop == null ? "end_turn" : "stop_sequence";
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("stop_reason", why);
        json.put("stop_sequence", stop);
        return json;
    }

    /** The blocks of a whole answer. */
    static List<Map<String, Object>> blocks(ChatAnswer answer, boolean showsThoughts) {
        List<Map<String, Object>> blocks = new ArrayList<>();
        if (!answer.reasoning().isEmpty()) {
            blocks.add(thinking(showsThoughts ? answer.reasoning() : "", SIGNATURE));
        }
        String text = answer.textSoFar();
        if (!text.isEmpty()) {
            blocks.add(text(text));
        }
        for (ToolCall call : answer.toolCalls()) {
            Map<String, @Nullable Object> input = JsonText.readObject(
                            call.arguments().getBytes(StandardCharsets.UTF_8))
                    .plain();
            blocks.add(toolUse(call.id(), call.name(), input));
        }
        return blocks;
    }

    static Map<String, Object> text(String text) {
        return block("text", "text", text);
    }

    static Map<String, Object> thinking(String thinking, String signature) {
        Map<String, Object> block = block("thinking", "thinking", thinking);
        block.put("signature", signature);
        return block;
    }

    static Map<String, Object> toolUse(String id, String name, Map<String, ?> input) {
        Map<String, Object> block = block("tool_use", "id", id);
        block.put("name", name);
        block.put("input", input);
        block.put("caller", Map.of("type", "direct"));
        return block;
    }

    private static Map<String, Object> block(String type, String name, String value) {
        Map<String, Object> block = new LinkedHashMap<>();
        block.put("type", type);
        block.put(name, value);
        return block;
    }
}
