package dev.tokapu.fuzz;

import dev.tokapu.testsupport.PreTokenizers;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Changes of a GGUF file as damage, bad converters and attackers make them.
 *
 * <p>Thread safety: for one thread.
 */
final class GgufMutator {

    private static final long[] NUMBERS = {
        0, 1, 2, 3, 4, 7, 16, 31, 64, 65, 200, 1L << 16, 0x7FFFFFFFL, 0xFFFFFFFFL, -1L
    };
    private static final float[] FLOATS = {
        0, -0f, 1, -1, 1e-30f, 1e30f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
    };
    private static final String[] FURTHER_KEYS = {
        "attention.key_length",
        "attention.value_length",
        "attention.head_count_kv",
        "attention.sliding_window",
        "attention.layer_norm_epsilon",
        "attention.layer_norm_rms_epsilon",
        "attention.group_norm_epsilon",
        "attention.group_norm_groups",
        "attention.clamp_kqv",
        "attention.max_alibi_bias",
        "attention.causal",
        "attention.scale",
        "attention.sliding_window_pattern",
        "rope.dimension_count",
        "rope.freq_base",
        "rope.scaling.type",
        "rope.scaling.factor",
        "rope.scaling.original_context_length",
        "expert_count",
        "expert_used_count",
        "expert_group_count",
        "expert_group_used_count",
        "expert_weights_scale",
        "logit_scale",
        "final_logit_softcapping",
        "attn_logit_softcapping",
        "pooling_type",
        "full_attention_interval",
        "leading_dense_block_count",
        "nextn_predict_layers",
        "embedding_length_per_layer_input",
        "ssm.group_count",
        "ssm.state_size",
        "wkv.head_size",
        "token_shift_count",
        "shortconv.l_cache",
        "vocab_size"
    };
    private static final List<String> TOKENIZERS =
            List.of("llama", "gpt2", "bert", "t5", "rwkv", "plamo2", "none", "no_vocab", "?");

    private final Random random;

    GgufMutator(Random random) {
        this.random = random;
    }

    /** The file with one to three changes. */
    byte[] mutated(GgufParts file) {
        GgufParts parts = file.copy();
        for (int n = random.nextInt(3); n >= 0; n--) {
            change(parts);
        }
        byte[] bytes = parts.bytes();
        return random.nextInt(6) == 0 ? damaged(bytes) : bytes;
    }

    private void change(GgufParts parts) {
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> changeEntry(parts);
            case 3 -> parts.entries.remove(random.nextInt(parts.entries.size()));
            case 4 -> addKey(parts);
            case 5 -> changeTokenizer(parts);
            default -> changeTensor(parts);
        }
        if (parts.entries.isEmpty()) {
            addKey(parts);
        }
    }

    private void changeEntry(GgufParts parts) {
        GgufParts.Entry entry = parts.entries.get(random.nextInt(parts.entries.size()));
        if (entry.isNumber()) {
            entry.value = number(entry.type, entry.value.length);
        } else if (entry.value.length > 0) {
            // Texts and arrays: somewhere in them, lengths included.
            entry.value = entry.value.clone();
            entry.value[random.nextInt(entry.value.length)] = (byte) random.nextInt(256);
        }
    }

    private byte[] number(int type, int size) {
        if (type == GgufParts.FLOAT32) {
            return GgufParts.number(Float.floatToRawIntBits(FLOATS[random.nextInt(FLOATS.length)]), size);
        }
        return GgufParts.number(
                random.nextInt(4) == 0 ? random.nextLong() : NUMBERS[random.nextInt(NUMBERS.length)], size);
    }

    private void addKey(GgufParts parts) {
        String architecture = parts.entries.stream()
                .map(entry -> entry.key)
                .filter(key -> key.endsWith(".block_count"))
                .map(key -> key.substring(0, key.length() - ".block_count".length()))
                .findFirst()
                .orElse("llama");
        String key = architecture + "." + FURTHER_KEYS[random.nextInt(FURTHER_KEYS.length)];
        parts.entries.removeIf(entry -> entry.key.equals(key));
        int type = key.contains("epsilon") || key.contains("scal") || key.contains("freq") || random.nextInt(8) == 0
                ? GgufParts.FLOAT32
                : GgufParts.UINT32;
        parts.entries.add(new GgufParts.Entry(key, type, number(type, 4)));
    }

    private void changeTokenizer(GgufParts parts) {
        boolean model = random.nextBoolean();
        List<String> names = model ? TOKENIZERS : PreTokenizers.NAMES;
        String key = model ? "tokenizer.ggml.model" : "tokenizer.ggml.pre";
        parts.entries.removeIf(entry -> entry.key.equals(key));
        String name = names.get(random.nextInt(names.size()));
        parts.entries.add(new GgufParts.Entry(key, GgufParts.STRING, GgufParts.text(name)));
    }

    private void changeTensor(GgufParts parts) {
        if (parts.tensors.isEmpty()) {
            return;
        }
        GgufParts.Tensor tensor = parts.tensors.get(random.nextInt(parts.tensors.size()));
        switch (random.nextInt(5)) {
            case 0 -> parts.tensors.remove(tensor);
            case 1 -> tensor.type = random.nextInt(45);
            case 2 -> {
                tensor.shape = tensor.shape.clone();
                tensor.shape[random.nextInt(tensor.shape.length)] = NUMBERS[random.nextInt(NUMBERS.length)];
            }
            case 3 -> tensor.name = parts.tensors.get(random.nextInt(parts.tensors.size())).name;
            default -> {
                tensor.data = tensor.data.clone();
                for (int i = 0; i < tensor.data.length; i += 1 + random.nextInt(64)) {
                    tensor.data[i] = (byte) random.nextInt(256);
                }
            }
        }
    }

    private byte[] damaged(byte[] file) {
        if (random.nextBoolean()) {
            return Arrays.copyOf(file, random.nextInt(file.length));
        }
        byte[] bytes = file.clone();
        for (int n = random.nextInt(4); n >= 0; n--) {
            bytes[random.nextInt(Math.min(bytes.length, 8192))] = (byte) random.nextInt(256);
        }
        return bytes;
    }
}
