package dev.tokapu.testsupport;

import static dev.tokapu.testsupport.TinyWeights.FFN_WIDTH;
import static dev.tokapu.testsupport.TinyWeights.KV_WIDTH;
import static dev.tokapu.testsupport.TinyWeights.LAYERS;
import static dev.tokapu.testsupport.TinyWeights.WIDTH;

import dev.tokapu.testsupport.TinyWeights.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * An MTP head behind the layers of a {@link TinyGguf} whose words {@linkplain TinyTurns follow one another}, and which is of GLM 4's architecture then. What its
 * layer adds is small. It turns the hidden state that it gets, which is about the embedding of its token then, so that it mostly says what the model will say. Of
 * its token it takes noise alone: that makes some drafts wrong, and nearly all of them without the hidden state.
 */
final class TinyMtpHead {

    static final String ARCHITECTURE = "glm4moe";
    private static final int EXPERTS = 2;
    private static final float NOISE = 0.3f;

    private TinyMtpHead() {}

    /** What the file says of it. */
    static Map<String, Integer> metadata() {
        return new TreeMap<>(Map.of(
                ARCHITECTURE + ".block_count",
                LAYERS + 1,
                ARCHITECTURE + ".nextn_predict_layers",
                1,
                ARCHITECTURE + ".leading_dense_block_count",
                LAYERS,
                ARCHITECTURE + ".expert_count",
                EXPERTS,
                ARCHITECTURE + ".expert_used_count",
                1,
                ARCHITECTURE + ".expert_shared_count",
                1,
                ARCHITECTURE + ".expert_feed_forward_length",
                FFN_WIDTH));
    }

    /** The tensors of a model, and those of its head. */
    static List<Tensor> behind(List<Tensor> model, TinyVocab vocab, Random random) {
        List<Tensor> list = new ArrayList<>();
        TinyTurns.apply(model, vocab);
        for (Tensor tensor : model) {
            list.add(new Tensor(
                    tensor.name().replace("ffn_norm", "post_attention_norm"), tensor.shape(), tensor.data()));
        }
        String block = "blk." + LAYERS + ".";
        list.add(TinyWeights.ones(block + "attn_norm.weight"));
        list.add(TinyWeights.random(random, block + "attn_q.weight", 0.3f, WIDTH, WIDTH));
        list.add(TinyWeights.random(random, block + "attn_k.weight", 0.3f, WIDTH, KV_WIDTH));
        list.add(TinyWeights.random(random, block + "attn_v.weight", 0.2f, WIDTH, KV_WIDTH));
        list.add(TinyWeights.random(random, block + "attn_output.weight", 0.2f * TinyTurns.SMALL, WIDTH, WIDTH));
        list.add(TinyWeights.ones(block + "post_attention_norm.weight"));
        list.add(TinyWeights.random(random, block + "ffn_gate_inp.weight", 0.3f, WIDTH, EXPERTS));
        list.add(new Tensor(block + "exp_probs_b.bias", new long[] {EXPERTS}, new float[EXPERTS]));
        for (String kind : List.of("gate", "up", "down")) {
            float scale = kind.equals("down") ? 0.2f * TinyTurns.SMALL : 0.2f;
            int columns = kind.equals("down") ? FFN_WIDTH : WIDTH;
            int rows = kind.equals("down") ? WIDTH : FFN_WIDTH;
            Tensor experts =
                    TinyWeights.random(random, block + "ffn_" + kind + "_exps.weight", scale, columns, rows * EXPERTS);
            list.add(new Tensor(experts.name(), new long[] {columns, rows, EXPERTS}, experts.data()));
            list.add(TinyWeights.random(random, block + "ffn_" + kind + "_shexp.weight", scale, columns, rows));
        }
        list.add(joined(random, block + "nextn.eh_proj.weight"));
        list.add(TinyWeights.ones(block + "nextn.enorm.weight"));
        list.add(TinyWeights.ones(block + "nextn.hnorm.weight"));
        return list;
    }

    /** Noise of the embedding of the token, and the hidden state before it, turned. */
    private static Tensor joined(Random random, String name) {
        Tensor tensor = TinyWeights.random(random, name, NOISE, 2 * WIDTH, WIDTH);
        for (int row = 0; row < WIDTH; row++) {
            for (int column = 0; column < WIDTH; column++) {
                tensor.data()[row * 2 * WIDTH + WIDTH + column] = row == (column + 1) % WIDTH ? 1 : 0;
            }
        }
        return tensor;
    }
}
