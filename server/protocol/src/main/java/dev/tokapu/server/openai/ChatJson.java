package dev.tokapu.server.openai;

import dev.tokapu.Vocab;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.LogProbabilityJson;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.Usage;
import dev.tokapu.tool.ToolCall;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of OpenAI's responses. */
final class ChatJson {

    private ChatJson() {}

    static Map<String, Object> usage(Usage usage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("prompt_tokens", usage.promptTokens());
        json.put("completion_tokens", usage.generatedTokens());
        json.put("total_tokens", usage.promptTokens() + usage.generatedTokens());
        json.put("prompt_tokens_details", Map.of("cached_tokens", usage.cachedTokens()));
        json.put("completion_tokens_details", Map.of("reasoning_tokens", usage.reasoningTokens()));
        return json;
    }

    static Map<String, @Nullable Object> choice(AnswerParts answer, ChatParameters.Output output, Vocab vocab) {
        ChatAnswer chat = answer.chat();
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("role", "assistant");
        List<ToolCall> calls = chat.toolCalls();
        String text = chat.textSoFar();
        message.put("content", text.isEmpty() && !calls.isEmpty() ? null : text);
        message.put("refusal", null);
        if (!chat.reasoning().isEmpty()) {
            message.put("reasoning_content", chat.reasoning());
        }
        if (!calls.isEmpty()) {
            message.put("tool_calls", calls.stream().map(ChatJson::call).toList());
        }
        Map<String, @Nullable Object> choice = new LinkedHashMap<>();
        choice.put("index", answer.index());
        choice.put("message", message);
        choice.put("logprobs", output.logprobs() ? logprobs(chat.logProbabilities(), output, vocab) : null);
        choice.put("finish_reason", finishReason(chat.finishReason(), !calls.isEmpty()));
        return choice;
    }

    private static Map<String, Object> call(ToolCall call) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", call.id());
        json.put("type", "function");
        json.put("function", function(call.name(), call.arguments()));
        return json;
    }

    static Map<String, Object> function(String name, String arguments) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", name);
        function.put("arguments", arguments);
        return function;
    }

    static String finishReason(FinishReason reason, boolean callsTools) {
        if (reason.isCutOff()) {
            return "length";
        }
        return callsTools ? "tool_calls" : "stop";
    }

    static Map<String, @Nullable Object> logprobs(
            List<TokenAlternatives> tokens, ChatParameters.Output output, Vocab vocab) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("content", LogProbabilityJson.of(tokens, output.alternatives(), vocab));
        json.put("refusal", null);
        return json;
    }
}
