package dev.tokapu.testsupport;

import java.util.Random;

/**
 * Model files that llama.cpp loads without complaint, or begins to load, and that end the process then: each lacks something or has
 * a number that no model has.
 *
 * <p>Thread safety: immutable, safe for any number of threads.
 */
public final class BrokenGguf {

    private static final int WIDTH = 64;
    private static final int FFN_WIDTH = 128;
    private static final int HEADS = 4;
    private static final int LAYERS = 2;

    private BrokenGguf() {}

    /** Phi-3 without its attention's matrices, which llama.cpp holds optional: SIGSEGV where a graph is built. */
    public static byte[] phi3WithoutAttention() {
        TinyTensors tensors = begin("phi3");
        tensors.writer().float32("phi3.attention.layer_norm_rms_epsilon", 1e-5f);
        tensors.ones("output_norm.weight", WIDTH);
        for (int i = 0; i < LAYERS; i++) {
            String block = "blk." + i + ".";
            tensors.ones(block + "attn_norm.weight", WIDTH);
            tensors.random(block + "attn_output.weight", 0.2f, WIDTH, WIDTH);
            tensors.ones(block + "ffn_norm.weight", WIDTH);
            tensors.random(block + "ffn_down.weight", 0.2f, FFN_WIDTH, WIDTH);
            tensors.random(block + "ffn_up.weight", 0.2f, WIDTH, 2 * FFN_WIDTH);
        }
        return tensors.writer().toBytes();
    }

    /** A file without layers in which one number has this value; below 0 the number is missing. */
    public static byte[] withNumber(String architecture, String key, int value) {
        TinyTensors tensors = begin(architecture);
        GgufWriter writer = tensors.writer();
        writer.float32(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f)
                .float32(architecture + ".attention.layer_norm_epsilon", 1e-5f);
        if (value >= 0) {
            writer.uint32(architecture + "." + key, value);
        }
        return writer.toBytes();
    }

    private static TinyTensors begin(String architecture) {
        TinyVocab vocab = new TinyVocab("");
        TinyTensors tensors = new TinyTensors(new GgufWriter(), new Random(44));
        tensors.writer()
                .text("general.architecture", architecture)
                .uint32(architecture + ".context_length", 512)
                .uint32(architecture + ".embedding_length", WIDTH)
                .uint32(architecture + ".block_count", LAYERS)
                .uint32(architecture + ".feed_forward_length", FFN_WIDTH)
                .uint32(architecture + ".vocab_size", vocab.size());
        if (!architecture.startsWith("olmo")) {
            tensors.writer().uint32(architecture + ".attention.head_count", HEADS);
        }
        vocab.writeTo(tensors.writer());
        tensors.random("token_embd.weight", 1, WIDTH, vocab.size());
        return tensors;
    }
}
