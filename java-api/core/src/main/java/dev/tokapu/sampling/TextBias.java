package dev.tokapu.sampling;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds a value to the logits of all tokens of some texts; negative infinity forbids them.
 *
 * <p>A text is tokenized as it stands, without control tokens, and each of its tokens gets the bias, as with {@code logit_bias} of
 * llama.cpp's server; a token that several texts share gets the sum. So it is exact for a text of one token. For a text of several
 * tokens it acts on other texts that share one of them, and {@code "word"}, {@code " word"} and {@code "Word"} are different
 * tokens: give each spelling that matters. To forbid a text exactly, wherever it begins, use a {@link LogitsProcessor} or a
 * {@link Grammar}.
 *
 * <p>Thread safety: immutable.
 *
 * @param biases text to what is added to the logits of its tokens
 * @since 0.1
 */
public record TextBias(Map<String, Float> biases) implements Sampler {
    public TextBias {
        biases = Map.copyOf(biases);
        biases.forEach((text, bias) -> {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("a biased text is empty; it has no tokens");
            }
            if (Float.isNaN(bias) || bias == Float.POSITIVE_INFINITY) {
                throw new IllegalArgumentException("the bias of '" + text + "' is " + bias + "; use a number");
            }
        });
    }

    static TextBias ban(List<String> texts) {
        Map<String, Float> biases = new LinkedHashMap<>();
        texts.forEach(text -> biases.put(text, Float.NEGATIVE_INFINITY));
        return new TextBias(biases);
    }
}
