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
 * An MTP head behind the layers of a {@link TinyGguf}, which is of GLM 4's architecture then. What the layers add to the embedding of a token is small, in the
 * model and in the head. Embeddings of words are those of others, turned by a place, and the model mostly says the word whose embedding is its hidden state,
 * turned so; the head turns the hidden state that it gets, which is about the embedding of its token then, so that it mostly says what the model will say. Of its
 * token it takes noise alone: that makes some drafts wrong, and nearly all of them without the hidden state.
 */
final class TinyMtpHead {

    static final String ARCHITECTURE = "glm4moe";
    private static final int EXPERTS = 2;
    private static final float SMALL = 0.25f;
    private static final float LIKELY = 0.3f; // of a word that follows: not certain
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
        turn(data(model, "token_embd.weight"), data(model, "output.weight"), vocab);
        for (Tensor tensor : model) {
            if (tensor.name().endsWith("attn_output.weight") || tensor.name().endsWith("ffn_down.weight")) {
                scale(tensor.data(), SMALL);
            }
            list.add(new Tensor(
                    tensor.name().replace("ffn_norm", "post_attention_norm"), tensor.shape(), tensor.data()));
        }
        String block = "blk." + LAYERS + ".";
        list.add(TinyWeights.ones(block + "attn_norm.weight"));
        list.add(TinyWeights.random(random, block + "attn_q.weight", 0.3f, WIDTH, WIDTH));
        list.add(TinyWeights.random(random, block + "attn_k.weight", 0.3f, WIDTH, KV_WIDTH));
        list.add(TinyWeights.random(random, block + "attn_v.weight", 0.2f, WIDTH, KV_WIDTH));
        list.add(TinyWeights.random(random, block + "attn_output.weight", 0.2f * SMALL, WIDTH, WIDTH));
        list.add(TinyWeights.ones(block + "post_attention_norm.weight"));
        list.add(TinyWeights.random(random, block + "ffn_gate_inp.weight", 0.3f, WIDTH, EXPERTS));
        list.add(new Tensor(block + "exp_probs_b.bias", new long[] {EXPERTS}, new float[EXPERTS]));
        for (String kind : List.of("gate", "up", "down")) {
            float scale = kind.equals("down") ? 0.2f * SMALL : 0.2f;
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

    private static float[] data(List<Tensor> model, String name) {
        return model.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow()
                .data();
    }

    /** Words follow one another, as far as {@link TinyWeights#WIDTH} turns of an embedding go. */
    private static void turn(float[] embeddings, float[] outputs, TinyVocab vocab) {
        int words = 0;
        for (int token = 0; token < vocab.size(); token++) {
            if (!vocab.isNormal(token)) {
                continue;
            }
            for (int i = 0; i < WIDTH; i++) {
                if (words % WIDTH != 0) { // all words are behind the other tokens
                    embeddings[token * WIDTH + (i + 1) % WIDTH] = embeddings[(token - 1) * WIDTH + i];
                }
            }
            for (int i = 0; i < WIDTH; i++) {
                outputs[token * WIDTH + i] = LIKELY * embeddings[token * WIDTH + (i + 1) % WIDTH];
            }
            words++;
        }
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

    private static void scale(float[] values, float by) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= by;
        }
    }
}
