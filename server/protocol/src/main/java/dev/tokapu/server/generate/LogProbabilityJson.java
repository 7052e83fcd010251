package dev.tokapu.server.generate;

import dev.tokapu.Vocab;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.TokenLogProbability;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Log-probabilities of tokens as OpenAI's APIs tell them.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class LogProbabilityJson {

    private static final int BYTE = 0xFF;
    private static final double LEAST = -9999;

    private LogProbabilityJson() {}

    /**
     * An object for each token.
     *
     * @param tokens the tokens
     * @param alternatives how many of the likeliest are told with each
     * @param vocab the model's
     * @return token, logprob, bytes and top_logprobs of each
     */
    public static List<Map<String, Object>> of(List<TokenAlternatives> tokens, int alternatives, Vocab vocab) {
        return all(tokens, alternatives, vocab, Form.OPENAI);
    }

    /**
     * An object for each token, as llama-server tells it.
     *
     * @param tokens the tokens
     * @param alternatives how many of the likeliest are told with each
     * @param vocab the model's
     * @return id, token, logprob, bytes and top_logprobs of each
     */
    public static List<Map<String, Object>> withIds(List<TokenAlternatives> tokens, int alternatives, Vocab vocab) {
        return all(tokens, alternatives, vocab, Form.IDS);
    }

    /**
     * An object for each token, as llama-server tells it, with probabilities and not their logarithms.
     *
     * @param tokens the tokens
     * @param alternatives how many of the likeliest are told with each
     * @param vocab the model's
     * @return id, token, prob, bytes and top_probs of each
     */
    public static List<Map<String, Object>> probabilities(
            List<TokenAlternatives> tokens, int alternatives, Vocab vocab) {
        return all(tokens, alternatives, vocab, Form.PROBABILITIES);
    }

    private enum Form {
        OPENAI,
        IDS,
        PROBABILITIES
    }

    private static List<Map<String, Object>> all(
            List<TokenAlternatives> tokens, int alternatives, Vocab vocab, Form form) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (TokenAlternatives token : tokens) {
            Map<String, Object> json = token(token.chosen(), vocab, form);
            json.put(
                    form == Form.PROBABILITIES ? "top_probs" : "top_logprobs",
                    token.top().stream()
                            .limit(alternatives)
                            .map(other -> token(other, vocab, form))
                            .toList());
            all.add(json);
        }
        return all;
    }

    private static Map<String, Object> token(TokenLogProbability token, Vocab vocab, Form form) {
        List<Integer> bytes = new ArrayList<>();
        for (byte b : vocab.piece(token.token())) {
            bytes.add(b & BYTE);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        if (form != Form.OPENAI) {
            json.put("id", token.token());
        }
        json.put("token", token.text());
        if (form == Form.PROBABILITIES) {
            json.put("prob", Math.exp(token.logProbability()));
        } else {
            json.put("logprob", finite(token.logProbability()));
        }
        json.put("bytes", bytes);
        return json;
    }

    /** {@return a value that JSON has: it knows no infinity, and OpenAI's least value stands for it} */
    public static double finite(double logProbability) {
        return Math.max(logProbability, LEAST);
    }
}
