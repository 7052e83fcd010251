package dev.tokapu.server.openai;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The choices of /v1/completions. */
final class CompletionJson {

    private CompletionJson() {}

    static Map<String, @Nullable Object> choice(
            int index, String text, @Nullable Object logprobs, @Nullable String finishReason) {
        Map<String, @Nullable Object> choice = new LinkedHashMap<>();
        choice.put("index", index);
        choice.put("text", text);
        choice.put("logprobs", logprobs);
        choice.put("finish_reason", finishReason);
        return choice;
    }
}
