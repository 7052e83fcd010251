package dev.tokapu.structured;

import dev.tokapu.Model;
import dev.tokapu.Vocab;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Draws texts at random from what a grammar allows. In place of a model there are random logits, which after a while prefer
 * to come to an end.
 */
final class GrammarWalk {

    private final Model model;
    private final Vocab vocab;
    private final Random random;
    private final int end;
    private final float[] preferences;
    private final float[] preferencesToEnd;

    GrammarWalk(Model model, long seed) {
        this.model = model;
        this.vocab = model.vocab();
        this.random = new Random(seed);
        this.end = vocab.specialTokens().eos().orElseThrow();
        this.preferences = new float[vocab.size()];
        this.preferencesToEnd = new float[vocab.size()];
        for (int token = 0; token < preferences.length; token++) {
            String piece = vocab.isControl(token) ? "" : new String(vocab.piece(token), StandardCharsets.ISO_8859_1);
            preferences[token] = preference(piece, false);
            preferencesToEnd[token] = preference(piece, true);
        }
    }

    SamplerChain chain(Grammar grammar) {
        return SamplerChain.of(model, grammar, Sampler.greedy());
    }

    /** A text that has come to an end. */
    String draw(SamplerChain chain, int wanted, int limit) {
        chain.reset();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int n = 0; n < limit; n++) {
            // Now and then without a wish: patterns may need a letter between what ends a text.
            int token = chain.apply(logits(n > wanted && n % 8 != 0))
                    .selectedToken()
                    .orElseThrow();
            if (token == end) {
                return text.toString(StandardCharsets.UTF_8);
            }
            text.writeBytes(vocab.piece(token));
            chain.accept(token);
        }
        throw new AssertionError("no end after " + limit + " tokens: " + text);
    }

    private float[] logits(boolean toEnd) {
        float[] logits = (toEnd ? preferencesToEnd : preferences).clone();
        for (int token = 0; token < logits.length; token++) {
            logits[token] += random.nextFloat();
        }
        logits[end] = toEnd ? 20 : 0;
        return logits;
    }

    /** No parts of characters. */
    private static float preference(String piece, boolean toEnd) {
        if (piece.isEmpty() || piece.chars().anyMatch(c -> c > 126)) {
            return -1000;
        }
        if (!toEnd) {
            return 0;
        }
        return switch (piece) {
            case "\"", "}", "]" -> 10;
            case "n" -> 5;
            default -> 0;
        };
    }
}
