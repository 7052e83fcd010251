package dev.tokapu.testsupport;

import java.util.LinkedHashMap;
import java.util.Map;

/** The metadata of a {@link TinyGguf}. */
final class TinyMetadata {

    private TinyMetadata() {}

    static void write(GgufWriter writer, TinyGguf.Builder options, TinyVocab vocab) {
        String arch = options.architecture;
        writer.text("general.architecture", arch).text("general.name", "Tiny Random");
        Map<String, Number> usual = usual(options, vocab);
        options.metadata.forEach((key, value) -> {
            if (!usual.containsKey(key)) {
                write(writer, key, value);
            }
        });
        usual.forEach((key, value) -> {
            Object chosen = options.metadata.getOrDefault(key, value);
            if (value instanceof Float) {
                writer.float32(key, ((Number) chosen).floatValue());
            } else {
                writer.uint32(key, ((Number) chosen).intValue());
            }
        });
        vocab.writeTo(writer);
        if (options.fillInMiddle) {
            String[] names = {"pre", "suf", "mid", "rep", "sep"};
            for (int i = 0; i < names.length; i++) {
                writer.uint32("tokenizer.ggml.fim_" + names[i] + "_token_id", TinyGguf.FIRST_FIM_TOKEN + i);
            }
        }
        if (options.chatTemplate != null) {
            writer.text("tokenizer.chat_template", options.chatTemplate);
        }
    }

    private static void write(GgufWriter writer, String key, Object value) {
        if (value instanceof Float number) {
            writer.float32(key, number);
        } else if (value instanceof Integer number) {
            writer.int32(key, number);
        } else if (value instanceof int[] numbers) {
            writer.int32s(key, numbers);
        } else {
            writer.text(key, value.toString());
        }
    }

    /** The hyperparameters of every model, with their default values. */
    private static Map<String, Number> usual(TinyGguf.Builder options, TinyVocab vocab) {
        String arch = options.architecture;
        Map<String, Number> map = new LinkedHashMap<>();
        map.put(arch + ".context_length", options.contextLength);
        map.put(arch + ".embedding_length", TinyWeights.WIDTH);
        map.put(arch + ".block_count", TinyWeights.LAYERS);
        map.put(arch + ".feed_forward_length", TinyWeights.FFN_WIDTH);
        map.put(arch + ".attention.head_count", TinyWeights.HEADS);
        map.put(arch + ".attention.head_count_kv", TinyWeights.KV_HEADS);
        map.put(arch + ".attention.layer_norm_rms_epsilon", 1e-5f);
        map.put(arch + ".rope.dimension_count", TinyWeights.WIDTH / TinyWeights.HEADS);
        map.put(arch + ".vocab_size", vocab.size());
        if (options.mtpHead) {
            map.putAll(TinyMtpHead.metadata());
        }
        if (options.eagle3 != null) {
            map.putAll(TinyEagle3.usual());
        }
        return map;
    }
}
