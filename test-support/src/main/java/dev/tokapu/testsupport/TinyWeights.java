package dev.tokapu.testsupport;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The random weights of a {@link TinyGguf}, and their sizes. */
final class TinyWeights {

    static final int WIDTH = 64;
    static final int KV_WIDTH = 32;
    static final int FFN_WIDTH = 128;
    static final int LAYERS = 2;
    static final int HEADS = 4;
    static final int KV_HEADS = 2;

    @SuppressWarnings("ArrayRecordComponent")
    record Tensor(String name, long[] shape, float[] data) {}

    private TinyWeights() {}

    static List<Tensor> of(Random random, TinyVocab vocab, float byteTokenScale) {
        List<Tensor> list = new ArrayList<>();
        list.add(random(random, "token_embd.weight", 1, WIDTH, vocab.size()));
        list.add(ones("output_norm.weight"));
        list.add(output(random, vocab, byteTokenScale));
        for (int i = 0; i < LAYERS; i++) {
            String block = "blk." + i + ".";
            list.add(ones(block + "attn_norm.weight"));
            list.add(random(random, block + "attn_q.weight", 0.3f, WIDTH, WIDTH));
            list.add(random(random, block + "attn_k.weight", 0.3f, WIDTH, KV_WIDTH));
            list.add(random(random, block + "attn_v.weight", 0.2f, WIDTH, KV_WIDTH));
            list.add(random(random, block + "attn_output.weight", 0.2f, WIDTH, WIDTH));
            list.add(ones(block + "ffn_norm.weight"));
            list.add(random(random, block + "ffn_gate.weight", 0.2f, WIDTH, FFN_WIDTH));
            list.add(random(random, block + "ffn_up.weight", 0.2f, WIDTH, FFN_WIDTH));
            list.add(random(random, block + "ffn_down.weight", 0.2f, FFN_WIDTH, WIDTH));
        }
        return list;
    }

    /** The output layer: pieces are likely, byte tokens rare (they make invalid UTF-8), control tokens rarer. */
    private static Tensor output(Random random, TinyVocab vocab, float byteTokenScale) {
        Tensor tensor = random(random, "output.weight", 0.6f, WIDTH, vocab.size());
        for (int token = 0; token < vocab.size(); token++) {
            float scale = vocab.isNormal(token) ? 1 : vocab.isByte(token) ? byteTokenScale : 0.3f;
            for (int i = 0; i < WIDTH; i++) {
                tensor.data[token * WIDTH + i] *= scale;
            }
        }
        return tensor;
    }

    static Tensor ones(String name) {
        float[] data = new float[WIDTH];
        Arrays.fill(data, 1);
        return new Tensor(name, new long[] {WIDTH}, data);
    }

    static Tensor random(Random random, String name, float scale, int columns, int rows) {
        float[] data = new float[columns * rows];
        for (int i = 0; i < data.length; i++) {
            data[i] = (random.nextFloat() * 2 - 1) * scale;
        }
        return new Tensor(name, new long[] {columns, rows}, data);
    }
}
