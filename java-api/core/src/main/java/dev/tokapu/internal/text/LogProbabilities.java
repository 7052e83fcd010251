package dev.tokapu.internal.text;

import dev.tokapu.internal.util.Largest;
import dev.tokapu.internal.util.LogSoftmax;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.TokenLogProbability;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The log-softmax of raw logits, as OpenAI's and llama.cpp's servers report it.
 *
 * <p>Thread safety: safe.
 */
public final class LogProbabilities {

    private LogProbabilities() {}

    /**
     * Tells how likely a token and the likeliest ones are.
     *
     * @param logits one for each token of the vocabulary
     * @param chosen the token
     * @param n how many of the likeliest
     * @param text the text of a token
     * @return the answer; equally likely tokens come in the order of their ids
     */
    public static TokenAlternatives of(float[] logits, int chosen, int n, IntFunction<String> text) {
        LogSoftmax softmax = new LogSoftmax(logits);
        List<TokenLogProbability> top = new ArrayList<>();
        for (int token : Largest.indexes(logits, logits.length, n)) {
            top.add(new TokenLogProbability(token, text.apply(token), softmax.of(token)));
        }
        return new TokenAlternatives(new TokenLogProbability(chosen, text.apply(chosen), softmax.of(chosen)), top);
    }
}
