package dev.tokapu.testsupport;

import java.util.Random;

/**
 * Model files as small as {@link TinyGguf} whose memory is not a plain KV cache: random weights (F32) from a fixed seed, so that
 * what sequences do there can be tested.
 *
 * <p>Thread safety: immutable, safe for any number of threads.
 */
public enum TinyMemoryGguf {
    /** Cohere2: three layers with a sliding window of {@link #WINDOW} tokens, one that sees everything. */
    SLIDING_WINDOW("cohere2", 4),

    /** Mamba: two recurrent layers, no KV cache at all. */
    RECURRENT("mamba", 2),

    /** LFM2: a recurrent layer and an attention layer, twice; it can roll back some tokens. */
    HYBRID("lfm2", 4);

    /** Tokens that a layer of {@link #SLIDING_WINDOW} sees. */
    public static final int WINDOW = 16;

    private static final int WIDTH = 64;
    private static final int KV_WIDTH = 32;
    private static final int FFN_WIDTH = 128;
    private static final int HEADS = 4;
    private static final int KV_HEADS = 2;

    /** As in real models: SVE's kernels compute whole registers of it, which have up to 16 floats. */
    private static final int STATE = 16;

    private static final int RANK = 4;
    private static final int KERNEL = 4;

    private final String architecture;
    private final int layers;

    TinyMemoryGguf(String architecture, int layers) {
        this.architecture = architecture;
        this.layers = layers;
    }

    /** The whole file. */
    public byte[] bytes() {
        TinyVocab vocab = new TinyVocab("");
        TinyTensors tensors = new TinyTensors(new GgufWriter(), new Random(42));
        tensors.writer()
                .text("general.architecture", architecture)
                .text("general.name", "Tiny " + architecture)
                .uint32(key("context_length"), 512)
                .uint32(key("embedding_length"), WIDTH)
                .uint32(key("block_count"), layers)
                .uint32(key("vocab_size"), vocab.size());
        vocab.writeTo(tensors.writer());
        tensors.random("token_embd.weight", 1, WIDTH, vocab.size());
        switch (this) {
            case SLIDING_WINDOW -> slidingWindow(tensors);
            case RECURRENT -> recurrent(tensors);
            case HYBRID -> hybrid(tensors);
        }
        return tensors.writer().toBytes();
    }

    private String key(String name) {
        return architecture + "." + name;
    }

    private void slidingWindow(TinyTensors tensors) {
        tensors.writer()
                .uint32(key("feed_forward_length"), FFN_WIDTH)
                .uint32(key("attention.head_count"), HEADS)
                .uint32(key("attention.head_count_kv"), KV_HEADS)
                .uint32(key("attention.sliding_window"), WINDOW)
                .float32(key("attention.layer_norm_epsilon"), 1e-5f)
                .float32(key("logit_scale"), 0.25f);
        tensors.ones("output_norm.weight", WIDTH);
        for (int i = 0; i < layers; i++) {
            String block = "blk." + i + ".";
            tensors.ones(block + "attn_norm.weight", WIDTH);
            attention(tensors, block);
            feedForward(tensors, block);
        }
    }

    private void recurrent(TinyTensors tensors) {
        int inner = 2 * WIDTH;
        tensors.writer()
                .uint32(key("feed_forward_length"), 0)
                .uint32(key("attention.head_count"), 0)
                .float32(key("attention.layer_norm_rms_epsilon"), 1e-5f)
                .uint32(key("ssm.conv_kernel"), KERNEL)
                .uint32(key("ssm.inner_size"), inner)
                .uint32(key("ssm.state_size"), STATE)
                .uint32(key("ssm.time_step_rank"), RANK);
        tensors.ones("output_norm.weight", WIDTH);
        for (int i = 0; i < layers; i++) {
            String block = "blk." + i + ".";
            tensors.ones(block + "attn_norm.weight", WIDTH);
            tensors.random(block + "ssm_in.weight", 0.3f, WIDTH, 2 * inner);
            tensors.random(block + "ssm_conv1d.weight", 0.5f, KERNEL, inner);
            tensors.random(block + "ssm_conv1d.bias", 0.1f, inner);
            tensors.random(block + "ssm_x.weight", 0.3f, inner, RANK + 2 * STATE);
            tensors.random(block + "ssm_dt.weight", 0.5f, RANK, inner);
            tensors.random(block + "ssm_dt.bias", 0.5f, inner);
            tensors.filled(block + "ssm_a", -0.5f, STATE, inner);
            tensors.ones(block + "ssm_d", inner);
            tensors.random(block + "ssm_out.weight", 0.3f, inner, WIDTH);
        }
    }

    private void hybrid(TinyTensors tensors) {
        int[] heads = new int[layers];
        for (int i = 0; i < layers; i++) {
            heads[i] = i % 2 == 0 ? 0 : KV_HEADS;
        }
        tensors.writer()
                .uint32(key("feed_forward_length"), FFN_WIDTH)
                .uint32(key("attention.head_count"), HEADS)
                .int32s(key("attention.head_count_kv"), heads)
                .float32(key("attention.layer_norm_rms_epsilon"), 1e-5f)
                .uint32(key("shortconv.l_cache"), 3);
        tensors.ones("token_embd_norm.weight", WIDTH);
        for (int i = 0; i < layers; i++) {
            String block = "blk." + i + ".";
            tensors.ones(block + "attn_norm.weight", WIDTH);
            tensors.ones(block + "ffn_norm.weight", WIDTH);
            feedForward(tensors, block);
            if (heads[i] == 0) {
                tensors.random(block + "shortconv.conv.weight", 0.5f, 3, WIDTH);
                tensors.random(block + "shortconv.in_proj.weight", 0.3f, WIDTH, 3 * WIDTH);
                tensors.random(block + "shortconv.out_proj.weight", 0.3f, WIDTH, WIDTH);
            } else {
                tensors.ones(block + "attn_q_norm.weight", WIDTH / HEADS);
                tensors.ones(block + "attn_k_norm.weight", WIDTH / HEADS);
                attention(tensors, block);
            }
        }
    }

    private static void attention(TinyTensors tensors, String block) {
        tensors.random(block + "attn_q.weight", 0.3f, WIDTH, WIDTH);
        tensors.random(block + "attn_k.weight", 0.3f, WIDTH, KV_WIDTH);
        tensors.random(block + "attn_v.weight", 0.2f, WIDTH, KV_WIDTH);
        tensors.random(block + "attn_output.weight", 0.2f, WIDTH, WIDTH);
    }

    private static void feedForward(TinyTensors tensors, String block) {
        tensors.random(block + "ffn_gate.weight", 0.2f, WIDTH, FFN_WIDTH);
        tensors.random(block + "ffn_up.weight", 0.2f, WIDTH, FFN_WIDTH);
        tensors.random(block + "ffn_down.weight", 0.2f, FFN_WIDTH, WIDTH);
    }
}
