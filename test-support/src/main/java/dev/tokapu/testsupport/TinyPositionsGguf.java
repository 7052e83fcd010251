package dev.tokapu.testsupport;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Model files as small as {@link TinyGguf} whose positions are learned, so that there are {@link #POSITIONS} of them and no more:
 * random weights (F32) from a fixed seed.
 *
 * <p>Thread safety: immutable, safe for any number of threads.
 */
public enum TinyPositionsGguf {
    /** GPT-2: generates. */
    GENERATING("gpt2", 0),

    /** BERT: every token sees all others, and nothing is remembered. */
    ENCODER("bert", 0),

    /** BERT with a classification head that gives one score. */
    RANKING("bert", 1),

    /** BERT with a classification head that gives a score for each of three labels. */
    CLASSIFYING("bert", 3);

    /** Tokens of a text at most. */
    public static final int POSITIONS = 64;

    private static final int WIDTH = 64;
    private static final int FFN_WIDTH = 128;
    private static final int LAYERS = 2;
    private static final int HEADS = 4;
    private static final int POOLING_MEAN = 1;
    private static final int POOLING_RANK = 4;

    private final String architecture;
    private final int labels;

    TinyPositionsGguf(String architecture, int labels) {
        this.architecture = architecture;
        this.labels = labels;
    }

    /** The whole file. */
    public byte[] bytes() {
        return bytes(writer -> {});
    }

    /** The whole file with further metadata. */
    public byte[] bytes(Consumer<GgufWriter> more) {
        TinyVocab vocab = new TinyVocab("");
        GgufWriter writer = new GgufWriter();
        TinyTensors tensors = new TinyTensors(writer, new Random(43));
        writer.text("general.architecture", architecture)
                .text("general.name", "Tiny " + architecture)
                .uint32(key("context_length"), POSITIONS)
                .uint32(key("embedding_length"), WIDTH)
                .uint32(key("block_count"), LAYERS)
                .uint32(key("feed_forward_length"), FFN_WIDTH)
                .uint32(key("attention.head_count"), HEADS)
                .float32(key("attention.layer_norm_epsilon"), 1e-5f);
        vocab.writeTo(writer);
        tensors.random("token_embd.weight", 1, WIDTH, vocab.size());
        tensors.random("position_embd.weight", 0.5f, WIDTH, POSITIONS);
        if (this == GENERATING) {
            generating(tensors);
        } else {
            encoder(tensors);
        }
        more.accept(writer);
        return writer.toBytes();
    }

    private String key(String name) {
        return architecture + "." + name;
    }

    private static void generating(TinyTensors tensors) {
        norm(tensors, "output_norm");
        for (int i = 0; i < LAYERS; i++) {
            String block = "blk." + i + ".";
            norm(tensors, block + "attn_norm");
            linear(tensors, block + "attn_qkv", WIDTH, 3 * WIDTH);
            linear(tensors, block + "attn_output", WIDTH, WIDTH);
            norm(tensors, block + "ffn_norm");
            linear(tensors, block + "ffn_up", WIDTH, FFN_WIDTH);
            linear(tensors, block + "ffn_down", FFN_WIDTH, WIDTH);
        }
    }

    private void encoder(TinyTensors tensors) {
        tensors.writer()
                .bool(key("attention.causal"), false)
                .uint32(key("pooling_type"), labels == 0 ? POOLING_MEAN : POOLING_RANK)
                .uint32("tokenizer.ggml.token_type_count", 2);
        tensors.random("token_types.weight", 0.5f, WIDTH, 2);
        norm(tensors, "token_embd_norm");
        for (int i = 0; i < LAYERS; i++) {
            String block = "blk." + i + ".";
            linear(tensors, block + "attn_q", WIDTH, WIDTH);
            linear(tensors, block + "attn_k", WIDTH, WIDTH);
            linear(tensors, block + "attn_v", WIDTH, WIDTH);
            linear(tensors, block + "attn_output", WIDTH, WIDTH);
            norm(tensors, block + "attn_output_norm");
            linear(tensors, block + "ffn_up", WIDTH, FFN_WIDTH);
            linear(tensors, block + "ffn_down", FFN_WIDTH, WIDTH);
            norm(tensors, block + "layer_output_norm");
        }
        if (labels > 0) {
            if (labels > 1) {
                List<byte[]> names = new ArrayList<>();
                for (int i = 0; i < labels; i++) {
                    names.add(("label " + i).getBytes(StandardCharsets.UTF_8));
                }
                tensors.writer().texts(key("classifier.output_labels"), names);
            }
            linear(tensors, "cls", WIDTH, WIDTH);
            linear(tensors, "cls.output", WIDTH, labels);
        }
    }

    private static void norm(TinyTensors tensors, String name) {
        tensors.ones(name + ".weight", WIDTH);
        tensors.random(name + ".bias", 0.1f, WIDTH);
    }

    private static void linear(TinyTensors tensors, String name, int from, int to) {
        tensors.random(name + ".weight", 0.3f, from, to);
        tensors.random(name + ".bias", 0.1f, to);
    }
}
