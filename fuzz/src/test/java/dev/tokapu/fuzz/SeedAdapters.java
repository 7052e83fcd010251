package dev.tokapu.fuzz;

import dev.tokapu.testsupport.LoraWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Well-formed adapters for a model: pairs of matrices for any of its tensors, in types that adapters seldom have too.
 *
 * <p>Thread safety: for one thread.
 */
final class SeedAdapters {

    private static final String EMBEDDINGS = "token_embd.weight";
    private static final int COUNT = 50;
    private static final long LARGEST = 2048;
    private static final long[] RANKS = {1, LoraWriter.RANK, 32, LoraWriter.RANK, 256};

    /** ggml's number of the type, the values of a block, its bytes. */
    private static final int[][] TYPES = {
        {0, 1, 4},
        {1, 1, 2},
        {2, 32, 18},
        {8, 32, 34},
        {10, 256, 84},
        {14, 256, 210},
        {15, 256, 292},
        {16, 256, 66},
        {20, 32, 18},
        {26, 1, 4},
        {28, 1, 8},
        {30, 1, 2},
        {34, 256, 54},
        {35, 256, 66},
        {39, 32, 17}
    };

    private final String architecture;
    private final List<GgufParts.Tensor> tensors;
    private final Map<Integer, byte[]> adapters = new HashMap<>();

    SeedAdapters(byte[] model) {
        GgufParts parts = GgufParts.of(model);
        tensors = parts.tensors.stream()
                .filter(tensor -> Arrays.stream(tensor.shape).allMatch(size -> size <= LARGEST))
                .toList();
        byte[] value = parts.entries.stream()
                .filter(entry -> entry.key.equals("general.architecture"))
                .findFirst()
                .orElseThrow()
                .value;
        architecture = new String(value, Long.BYTES, value.length - Long.BYTES, StandardCharsets.UTF_8);
    }

    /** One of a few adapters, always the same. */
    byte[] any(Random random) {
        int number = random.nextInt(COUNT);
        return adapters.computeIfAbsent(number, this::make);
    }

    /** An adapter for some tensors of the model; as many times as it is asked for, the same. */
    private byte[] make(int number) {
        Random random = Worker.random(1, number);
        LoraWriter adapter = LoraWriter.of(architecture, number, 0.5f);
        long rank = RANKS[number % RANKS.length];
        for (GgufParts.Tensor tensor : tensors) {
            if (random.nextInt(tensor.name.equals(EMBEDDINGS) ? 2 : 4) == 0) {
                add(adapter, tensor, rank);
            }
        }
        if (random.nextInt(4) == 0) {
            adapter.invocationTokens(1, 2, random.nextInt(300));
        }
        byte[] bytes = adapter.bytes();
        return random.nextInt(3) == 0 ? retyped(bytes, random) : bytes;
    }

    private static void add(LoraWriter adapter, GgufParts.Tensor tensor, long rank) {
        long columns = tensor.shape[0];
        long rows = tensor.shape.length > 1 ? tensor.shape[1] : 1;
        long experts = tensor.shape.length > 2 ? tensor.shape[2] : 1;
        if (tensor.name.equals(EMBEDDINGS)) {
            adapter.matrix(tensor.name + ".lora_a", rank, rows).matrix(tensor.name + ".lora_b", rank, columns);
        } else if (experts == 1) {
            adapter.matrix(tensor.name + ".lora_a", columns, rank).matrix(tensor.name + ".lora_b", rank, rows);
        } else {
            adapter.matrix(tensor.name + ".lora_a", columns, rank, experts)
                    .matrix(tensor.name + ".lora_b", rank, rows, experts);
        }
    }

    /** The same with some matrices of another type, and any bytes in them. */
    private static byte[] retyped(byte[] adapter, Random random) {
        GgufParts parts = GgufParts.of(adapter);
        for (GgufParts.Tensor tensor : parts.tensors) {
            int[] type = TYPES[random.nextInt(TYPES.length)];
            if (tensor.shape[0] % type[1] == 0 && random.nextBoolean()) {
                long values = 1;
                for (long dimension : tensor.shape) {
                    values *= dimension;
                }
                tensor.type = type[0];
                tensor.data = new byte[(int) (values / type[1] * type[2])];
                random.nextBytes(tensor.data);
            }
        }
        return parts.bytes();
    }
}
