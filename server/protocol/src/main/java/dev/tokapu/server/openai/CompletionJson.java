package dev.tokapu.server.openai;

import dev.tokapu.server.generate.LogProbabilityJson;
import dev.tokapu.text.TokenAlternatives;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** Of some tokens, whose text begins at an offset of the answer. */
    static Map<String, Object> logprobs(List<TokenAlternatives> tokens, int alternatives, int offset) {
        List<String> texts = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        List<Map<String, Double>> tops = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        int at = offset;
        for (TokenAlternatives token : tokens) {
            texts.add(token.chosen().text());
            values.add(LogProbabilityJson.finite(token.chosen().logProbability()));
            Map<String, Double> top = new LinkedHashMap<>();
            token.top().stream()
                    .limit(alternatives)
                    .forEach(other -> top.putIfAbsent(other.text(), LogProbabilityJson.finite(other.logProbability())));
            tops.add(top);
            offsets.add(at);
            at += token.chosen().text().length();
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("tokens", texts);
        json.put("token_logprobs", values);
        json.put("top_logprobs", tops);
        json.put("text_offset", offsets);
        return json;
    }
}
