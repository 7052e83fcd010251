package dev.tokapu.testsupport;

import static dev.tokapu.testsupport.TinyWeights.WIDTH;

import dev.tokapu.testsupport.TinyWeights.Tensor;
import java.util.List;

/**
 * Words of a {@link TinyGguf} that mostly follow one another, so that something can be right about what comes next. What the layers add to the embedding of a token
 * is small. Embeddings of words are those of others, turned by a place, and the model mostly says the word whose embedding is its hidden state, turned so.
 */
final class TinyTurns {

    static final float SMALL = 0.25f;
    private static final float LIKELY = 0.3f; // of a word that follows: not certain

    private TinyTurns() {}

    /** Changes the weights of a model. */
    static void apply(List<Tensor> model, TinyVocab vocab) {
        turn(data(model, "token_embd.weight"), data(model, "output.weight"), vocab);
        for (Tensor tensor : model) {
            if (tensor.name().endsWith("attn_output.weight") || tensor.name().endsWith("ffn_down.weight")) {
                scale(tensor.data(), SMALL);
            }
        }
    }

    /** The values of a tensor. */
    static float[] data(List<Tensor> model, String name) {
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

    private static void scale(float[] values, float by) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= by;
        }
    }
}
