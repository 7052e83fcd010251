package dev.tokapu.gguf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares the shapes of tensors with the hyperparameters, for architectures that name their tensors as llama does. What an architecture
 * does in another way is left to llama.cpp.
 */
final class TensorShapes {

    private static final Set<String> ARCHITECTURES = Set.of(
            "llama",
            "mistral3",
            "qwen2",
            "qwen2vl",
            "qwen2moe",
            "qwen3",
            "qwen3moe",
            "qwen3vl",
            "gemma",
            "gemma2",
            "gemma3",
            "phi2",
            "phi3",
            "starcoder2",
            "gpt2",
            "granite",
            "granitemoe",
            "smollm3",
            "internlm2",
            "command-r",
            "cohere2",
            "exaone",
            "minicpm",
            "falcon",
            "stablelm",
            "olmo",
            "deepseek",
            "nemotron",
            "orion",
            "baichuan",
            "xverse");

    /** Their first matrix of a feed-forward layer holds two. */
    private static final Set<String> FUSED_GATE = Set.of("phi3");

    private static final String LAYER = "blk.";
    private static final int MAX_SHOWN = 8;

    private final String architecture;
    private final @Nullable Long width;
    private final @Nullable Long vocabulary;
    private final @Nullable Long experts;
    private final @Nullable Long keySize;
    private final @Nullable Long valueSize;

    /** Numbers, or lists of a number for each layer. */
    private final @Nullable Object heads;

    private final @Nullable Object keyHeads;
    private final @Nullable Object hidden;
    private final List<String> problems = new ArrayList<>();

    private TensorShapes(GgufFile file, String architecture) {
        this.architecture = architecture;
        MetadataValue tokens = file.values().get("tokenizer.ggml.tokens");
        vocabulary = tokens != null && tokens.isArray() ? (Long) (long) tokens.size() : null;
        Map<String, Object> metadata = file.metadata();
        String prefix = architecture.concat(".");
        width = number(metadata.get(prefix.concat("embedding_length")), 0);
        experts = number(metadata.get(prefix.concat("expert_count")), 0);
        heads = metadata.get(prefix.concat("attention.head_count"));
        keyHeads = metadata.get(prefix.concat("attention.head_count_kv"));
        hidden = metadata.get(prefix.concat("feed_forward_length"));
        keySize = headSize(number(metadata.get(prefix.concat("attention.key_length")), 0));
        valueSize = headSize(number(metadata.get(prefix.concat("attention.value_length")), 0));
    }

    static List<String> problems(GgufFile file) {
        String architecture = file.architecture().orElse("");
        if (!ARCHITECTURES.contains(architecture) || file.tensors().isEmpty()) {
            return List.of();
        }
        TensorShapes shapes = new TensorShapes(file, architecture);
        for (TensorInfo tensor : file.tensors()) {
            shapes.check(tensor);
            if (shapes.problems.size() == MAX_SHOWN) {
                break;
            }
        }
        return shapes.problems;
    }

    private void check(TensorInfo tensor) {
        List<Long> expected;
        List<Long> shape = tensor.shape();
        try {
            expected = expected(tensor.name());
        } catch (ArithmeticException e) {
            problems.add("the hyperparameters of tensor '" + tensor.name() + "' are too large");
            return;
        }
        if (expected != null
                && !expected.equals(shape)
                && !GgufTensors.withoutTrailingOnes(expected).equals(GgufTensors.withoutTrailingOnes(shape))) {
            problems.add("tensor '" + tensor.name() + "' has wrong shape; expected " + text(expected) + ", got "
                    + text(shape));
        }
    }

    /** As llama.cpp says it. */
    private static String text(List<Long> shape) {
        return shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private @Nullable List<Long> expected(String name) {
        if (name.startsWith(LAYER)) {
            int dot = name.indexOf('.', LAYER.length());
            int layer = dot < 0 ? -1 : layer(name.substring(LAYER.length(), dot));
            return layer < 0 ? null : ofLayer(name.substring(dot + 1), layer);
        }
        return switch (name) {
            case "token_embd.weight", "output.weight" -> shape(width, vocabulary);
            case "output_norm.weight" -> shape(width);
            default -> null;
        };
    }

    /** A number of up to four digits, -1 for anything else. */
    private static int layer(String digits) {
        int number = digits.isEmpty() || digits.length() > 4 ? -1 : 0;
        for (int i = 0; i < digits.length() && number >= 0; i++) {
            char digit = digits.charAt(i);
            number = digit < '0' || digit > '9' ? -1 : 10 * number + digit - '0';
        }
        return number;
    }

    private @Nullable List<Long> ofLayer(String name, int layer) {
        return switch (name) {
            case "attn_norm.weight", "ffn_norm.weight" -> shape(width);
            case "attn_q.weight" -> shape(width, queries(layer));
            case "attn_k.weight" -> shape(width, keys(layer));
            case "attn_v.weight" -> shape(width, values(layer));
            case "attn_qkv.weight" -> shape(width, sum(queries(layer), keys(layer), values(layer)));
            case "attn_output.weight" ->
                Objects.equals(keys(layer), values(layer)) ? shape(queries(layer), width) : null;
            case "ffn_down.weight" -> shape(number(hidden, layer), width);
            case "ffn_gate.weight" -> shape(width, number(hidden, layer));
            case "ffn_up.weight" -> FUSED_GATE.contains(architecture) ? null : shape(width, number(hidden, layer));
            case "ffn_gate_inp.weight" -> shape(width, experts);
            default -> null;
        };
    }

    private @Nullable Long queries(int layer) {
        return product(number(heads, layer), keySize);
    }

    private @Nullable Long keys(int layer) {
        return product(keyHeads(layer), keySize);
    }

    private @Nullable Long values(int layer) {
        return product(keyHeads(layer), valueSize);
    }

    private @Nullable Long keyHeads(int layer) {
        Long given = number(keyHeads, layer);
        return given == null ? number(heads, layer) : given;
    }

    private static @Nullable List<Long> shape(@Nullable Long... sizes) {
        List<Long> shape = new ArrayList<>();
        for (Long size : sizes) {
            if (size == null) {
                return null;
            }
            shape.add(size);
        }
        return shape;
    }

    private static @Nullable Long product(@Nullable Long one, @Nullable Long other) {
        return one == null || other == null ? null : (Long) Math.multiplyExact(one, other);
    }

    private static @Nullable Long sum(@Nullable Long one, @Nullable Long two, @Nullable Long three) {
        return one == null || two == null || three == null
                ? null
                : (Long) Math.addExact(Math.addExact(one, two), three);
    }

    /** The size of a head: as the file says, or the width shared out among the heads. */
    private @Nullable Long headSize(@Nullable Long given) {
        Long count = number(heads, 0);
        return given != null || count == null || width == null || count == 0 ? given : (Long) (width / count);
    }

    /** A hyperparameter of a layer, null when it is not there or no number. */
    private static @Nullable Long number(@Nullable Object value, int layer) {
        Object one = value;
        if (value instanceof List<?> items) {
            one = layer < items.size() ? items.get(layer) : null;
        }
        return one instanceof Long number ? number : null;
    }
}
