package dev.tokapu.server.openai;

import dev.tokapu.Vocab;
import dev.tokapu.server.generate.LogProbabilityJson;
import dev.tokapu.text.TokenAlternatives;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The log-probabilities of the tokens of a text, told at once or part by part. */
final class CompletionLogprobs {

    private final Vocab vocab;
    private final int alternatives;
    private List<String> texts = new ArrayList<>();
    private List<@Nullable Double> values = new ArrayList<>();
    private List<@Nullable Map<String, Double>> tops = new ArrayList<>();
    private List<Integer> offsets = new ArrayList<>();
    private int offset;

    CompletionLogprobs(Vocab vocab, int alternatives) {
        this.vocab = vocab;
        this.alternatives = alternatives;
    }

    /** The first token of a prompt, which nothing makes likely. */
    void first(int token) {
        add(token, new String(vocab.piece(token, true), StandardCharsets.UTF_8), null, null);
    }

    void add(List<TokenAlternatives> tokens) {
        for (TokenAlternatives token : tokens) {
            Map<String, Double> top = new LinkedHashMap<>();
            token.top().stream()
                    .limit(alternatives)
                    .forEach(other -> top.putIfAbsent(other.text(), LogProbabilityJson.finite(other.logProbability())));
            add(
                    token.chosen().token(),
                    token.chosen().text(),
                    LogProbabilityJson.finite(token.chosen().logProbability()),
                    top);
        }
    }

    private void add(int token, String text, @Nullable Double value, @Nullable Map<String, Double> top) {
        texts.add(text);
        values.add(value);
        tops.add(top);
        offsets.add(offset);
        offset += vocab.piece(token).length == 0 ? 0 : text.length(); // control tokens are not in the text
    }

    /** What was not told so far; null when there is nothing. */
    @Nullable
    Map<String, Object> take() {
        if (texts.isEmpty()) {
            return null;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("tokens", texts);
        json.put("token_logprobs", values);
        json.put("top_logprobs", tops);
        json.put("text_offset", offsets);
        texts = new ArrayList<>();
        values = new ArrayList<>();
        tops = new ArrayList<>();
        offsets = new ArrayList<>();
        return json;
    }
}
