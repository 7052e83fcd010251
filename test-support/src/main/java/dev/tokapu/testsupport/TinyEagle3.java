package dev.tokapu.testsupport;

import static dev.tokapu.testsupport.TinyWeights.FFN_WIDTH;
import static dev.tokapu.testsupport.TinyWeights.KV_WIDTH;
import static dev.tokapu.testsupport.TinyWeights.WIDTH;

import dev.tokapu.testsupport.TinyWeights.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * An EAGLE-3 draft model for a {@link TinyGguf} of the same seed whose words {@linkplain TinyTurns follow one another}. Its encoder turns what the second layer
 * of that reads, which is about the embedding of a token, and what its own layer adds is small: the first token of a draft is mostly right, and the others are
 * not, which come from its own hidden states, as nothing turns these.
 *
 * @param ownTokens how many tokens its own output layer says, with embeddings of its own; 0: it takes both from its target
 * @param firstOwn the first of them; the others follow
 */
record TinyEagle3(int ownTokens, long firstOwn) {

    static final String ARCHITECTURE = "eagle3";
    private static final int READ = 3;
    private static final float NOISE = 0.02f;

    /** The layers that it reads. */
    static Map<String, Object> metadata() {
        return Map.of(ARCHITECTURE + ".target_layers", new int[] {0, 1, 1});
    }

    /** Numbers that it has otherwise than other models, and one of its own. */
    static Map<String, Integer> usual() {
        return new TreeMap<>(Map.of(ARCHITECTURE + ".block_count", 1, ARCHITECTURE + ".target_hidden_size", WIDTH));
    }

    /** Its tensors but for {@link #vocabularyMap}; those of the target are given. */
    List<Tensor> tensors(List<Tensor> target, TinyVocab vocab, Random random) {
        TinyTurns.apply(target, vocab);
        List<Tensor> list = new ArrayList<>();
        if (ownTokens > 0) {
            list.add(target.get(0));
            list.add(outputs(TinyTurns.data(target, "output.weight"), vocab));
        }
        list.add(TinyWeights.ones("output_norm.weight"));
        list.add(encoder(random));
        String block = "blk.0.";
        list.add(TinyWeights.ones(block + "attn_norm.weight"));
        list.add(TinyWeights.ones(block + "attn_norm_2.weight"));
        list.add(TinyWeights.random(random, block + "attn_q.weight", 0.3f, 2 * WIDTH, WIDTH));
        list.add(TinyWeights.random(random, block + "attn_k.weight", 0.3f, 2 * WIDTH, KV_WIDTH));
        list.add(TinyWeights.random(random, block + "attn_v.weight", 0.2f, 2 * WIDTH, KV_WIDTH));
        list.add(TinyWeights.random(random, block + "attn_output.weight", 0.2f * TinyTurns.SMALL, WIDTH, WIDTH));
        list.add(TinyWeights.ones(block + "ffn_norm.weight"));
        list.add(TinyWeights.random(random, block + "ffn_gate.weight", 0.2f, WIDTH, FFN_WIDTH));
        list.add(TinyWeights.random(random, block + "ffn_up.weight", 0.2f, WIDTH, FFN_WIDTH));
        list.add(TinyWeights.random(random, block + "ffn_down.weight", 0.2f * TinyTurns.SMALL, FFN_WIDTH, WIDTH));
        return list;
    }

    /** The target's number of each token that its own output layer says. */
    long[] vocabularyMap() {
        long[] tokens = new long[ownTokens];
        Arrays.setAll(tokens, i -> firstOwn + i);
        return tokens;
    }

    private Tensor outputs(float[] target, TinyVocab vocab) {
        float[] data = new float[ownTokens * WIDTH];
        for (int i = 0; i < ownTokens; i++) {
            int token = (int) Math.floorMod(firstOwn + i, (long) vocab.size());
            System.arraycopy(target, token * WIDTH, data, i * WIDTH, WIDTH);
        }
        return new Tensor("output.weight", new long[] {WIDTH, ownTokens}, data);
    }

    /** The second of the layers that it reads, turned. */
    private static Tensor encoder(Random random) {
        Tensor tensor = TinyWeights.random(random, "fc.weight", NOISE, READ * WIDTH, WIDTH);
        for (int row = 0; row < WIDTH; row++) {
            tensor.data()[row * READ * WIDTH + WIDTH + (row + WIDTH - 1) % WIDTH] = 1;
        }
        return tensor;
    }
}
