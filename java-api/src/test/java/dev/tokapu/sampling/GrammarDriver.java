package dev.tokapu.sampling;

import dev.tokapu.Model;
import dev.tokapu.Vocab;
import dev.tokapu.exception.GrammarException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Feeds texts to grammars and draws texts from them, with the tokens of a vocabulary. */
public final class GrammarDriver {

    private final Model model;
    private final Vocab vocab;
    private final int[] byteTokens = new int[256];

    public GrammarDriver(Model model) {
        this.model = model;
        this.vocab = model.vocab();
        Arrays.fill(byteTokens, -1);
        for (int token = 0; token < vocab.size(); token++) {
            byte[] piece = vocab.isControl(token) ? new byte[0] : vocab.piece(token);
            if (piece.length == 1) {
                byteTokens[piece[0] & 0xFF] = token;
            }
        }
    }

    private SamplerChain chain(Sampler grammar) {
        return SamplerChain.of(model, grammar, Sampler.greedy());
    }

    /** Whether the grammar allows exactly this text, fed byte by byte. */
    boolean accepts(Sampler grammar, String text) {
        try (SamplerChain chain = chain(grammar)) {
            return accepts(chain, text);
        }
    }

    /** As above on a chain that may be used again. */
    public boolean accepts(SamplerChain chain, String text) {
        chain.reset();
        try {
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                chain.accept(byteTokens[b & 0xFF]);
            }
            chain.accept(vocab.eos().orElseThrow());
            return true;
        } catch (GrammarException e) {
            return false;
        }
    }

    /**
     * A text of the grammar: each token is drawn at random from those that the grammar allows, quotes and closing brackets
     * more often, its end as soon as it may after {@code wanted} tokens.
     *
     * @return the text, or null when it does not end within {@code limit} tokens
     */
    @Nullable
    String draw(SamplerChain chain, Random random, int wanted, int limit) {
        chain.reset();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int eos = vocab.eos().orElseThrow();
        for (int n = 0; n < limit; n++) {
            float[] logits = new float[vocab.size()];
            for (int i = 0; i < logits.length; i++) {
                // The text of token 0, the unknown one, and of a control token counts for a grammar, but is not
                // written.
                logits[i] = vocab.isControl(i) || i == 0 ? -1000 : random.nextFloat();
            }
            for (char closing : "\"]}".toCharArray()) {
                logits[byteTokens[closing]] += 0.3f;
            }
            for (int b = 0x80; b <= 0xFF; b++) { // drawn one by one they would hardly make up UTF-8
                logits[byteTokens[b]] = -1000;
            }
            logits[eos] = n >= wanted ? 10 : -10;
            int token = chain.apply(Candidates.of(logits)).selectedToken().orElseThrow();
            if (token == eos) {
                return text.toString(StandardCharsets.UTF_8);
            }
            text.writeBytes(vocab.piece(token));
            chain.accept(token);
        }
        return null;
    }
}
