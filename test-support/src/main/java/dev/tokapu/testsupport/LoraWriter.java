package dev.tokapu.testsupport;

import java.nio.file.Path;
import java.util.Random;

/**
 * A writer of LoRA adapters as GGUF files: random matrices (F32) of rank {@link #RANK} from a seed. The bytes depend on nothing
 * but the calls.
 *
 * <p>Thread safety: confined to one thread.
 */
public final class LoraWriter {

    /** The rank of all matrices. */
    public static final int RANK = 4;

    private final GgufWriter writer = new GgufWriter();
    private final Random random;
    private final float strength;

    private LoraWriter(long seed, float strength) {
        this.random = new Random(seed);
        this.strength = strength;
    }

    /** An adapter without matrices, for an architecture. Those that are added hold values from -strength to strength. */
    public static LoraWriter of(String architecture, long seed, float strength) {
        LoraWriter adapter = new LoraWriter(seed, strength);
        adapter.writer
                .text("general.type", "adapter")
                .text("adapter.type", "lora")
                .text("general.architecture", architecture)
                .text("general.name", "Tiny LoRA " + seed)
                .float32("adapter.lora.alpha", 2f * RANK);
        return adapter;
    }

    /** For the queries, values and feed-forward outputs of {@link TinyGguf}. */
    public static LoraWriter ofTiny(long seed) {
        LoraWriter adapter = of("llama", seed, 0.5f);
        for (int layer = 0; layer < 2; layer++) {
            String block = "blk." + layer + ".";
            adapter.add(block + "attn_q.weight", 64, 64)
                    .add(block + "attn_v.weight", 64, 32)
                    .add(block + "ffn_down.weight", 128, 64);
        }
        return adapter;
    }

    /** Adds the two matrices for a tensor of the model with as many columns (inputs) and rows (outputs). */
    public LoraWriter add(String tensor, int columns, int rows) {
        return matrix(tensor + ".lora_a", columns, RANK).matrix(tensor + ".lora_b", RANK, rows);
    }

    /** Adds the two matrices for the token embeddings, which are stored the other way round. */
    public LoraWriter addTokenEmbeddings(int width, int vocabSize) {
        return matrix("token_embd.weight.lora_a", RANK, vocabSize).matrix("token_embd.weight.lora_b", RANK, width);
    }

    /** Adds one matrix, or anything else, of any shape. */
    public LoraWriter matrix(String name, long... shape) {
        writer.tensor(name, shape, values(shape));
        return this;
    }

    /** Adds a matrix of integers. */
    public LoraWriter integers(String name, long... shape) {
        writer.int32Tensor(name, shape, values(shape));
        return this;
    }

    private float[] values(long... shape) {
        int size = 1;
        for (long dimension : shape) {
            size *= (int) dimension;
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (random.nextFloat() * 2 - 1) * strength;
        }
        return values;
    }

    /** Adds the tokens from which on it is meant to work. */
    public LoraWriter invocationTokens(int... tokens) {
        writer.uint32s("adapter.alora.invocation_tokens", tokens);
        return this;
    }

    /** The whole file. */
    public byte[] bytes() {
        return writer.toBytes();
    }

    /** Writes the file and returns its path. */
    public Path write(Path file) {
        return TinyGguf.write(file, bytes());
    }
}
