package dev.tokapu.server.ollama;

import dev.tokapu.device.MemoryReport;
import dev.tokapu.server.model.ModelCard;
import dev.tokapu.server.model.ModelEntry;
import dev.tokapu.server.model.ServedModel;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is told of a model. */
final class ModelJson {

    /** Of models that stay; clients want a time. */
    private static final Duration FOREVER = Duration.ofDays(36_500);

    private static final String TEMPLATE = "tokenizer.chat_template";

    /** Texts that may look like numbers. */
    private static final Set<String> TEXTS =
            Set.of("general.name", "general.basename", "general.version", "general.size_label", "general.finetune");

    private ModelJson() {}

    /** Of /api/tags. */
    static Map<String, @Nullable Object> listed(ModelEntry entry) {
        ModelCard card = entry.card();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", ModelNames.tagged(entry.name()));
        json.put("model", ModelNames.tagged(entry.name()));
        json.put("modified_at", entry.created().toString());
        json.put("size", card.sizeInBytes());
        json.put("digest", digest(entry));
        json.put("details", details(entry));
        return json;
    }

    /** Of /api/ps. */
    static Map<String, @Nullable Object> running(ModelEntry entry) {
        Map<String, @Nullable Object> json = listed(entry);
        json.remove("modified_at");
        Duration left = entry.status().expires();
        boolean ends = left != null && left.compareTo(FOREVER) < 0;
        json.put("expires_at", Instant.now().plus(ends ? left : FOREVER).toString());
        ServedModel loaded = entry.loaded();
        json.put("size_vram", loaded == null ? 0 : onDevices(loaded.engine().memory()));
        json.put("context_length", entry.sequenceContextSize());
        return json;
    }

    /** Of /api/show. */
    static Map<String, @Nullable Object> shown(ModelEntry entry, boolean verbose) {
        ModelCard card = entry.card();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("modelfile", "");
        json.put("parameters", "");
        json.put("template", card.template());
        json.put("details", details(entry));
        json.put("model_info", metadata(card, verbose));
        json.put("capabilities", entry.features().names());
        json.put("modified_at", entry.created().toString());
        return json;
    }

    private static Map<String, Object> details(ModelEntry entry) {
        ModelCard info = entry.card();
        String base = entry.base();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("parent_model", base == null ? "" : base);
        json.put("format", "gguf");
        json.put("family", info.architecture());
        json.put("families", List.of(info.architecture()));
        json.put("parameter_size", size(info.parameterCount()));
        json.put("quantization_level", info.fileType());
        return json;
    }

    /** A number as Ollama writes it. */
    static String size(long parameters) {
        if (parameters >= 1_000_000_000) {
            return String.format(Locale.ROOT, "%.1fB", parameters / 1e9);
        }
        if (parameters >= 1_000_000) {
            return String.format(Locale.ROOT, "%.2fM", parameters / 1e6);
        }
        return parameters >= 1000 ? String.format(Locale.ROOT, "%.2fK", parameters / 1e3) : Long.toString(parameters);
    }

    /** Clients tell models apart by it; it is not of the file's bytes, which may not be there. */
    private static String digest(ModelEntry entry) {
        try {
            byte[] text = entry.identity().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Bytes of weights on GPUs. */
    private static long onDevices(MemoryReport memory) {
        return memory.totals().stream()
                .filter(row -> row.device() != null)
                .mapToLong(MemoryReport.Row::weights)
                .sum();
    }

    private static Map<String, @Nullable Object> metadata(ModelCard card, boolean verbose) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        card.metadata().forEach((key, text) -> json.put(key, value(key, text, verbose)));
        json.remove(TEMPLATE);
        json.put("general.parameter_count", card.parameterCount());
        return json;
    }

    /** The metadata are texts; what is a number there is one again. */
    static @Nullable Object value(String key, String text, boolean verbose) {
        if (text.startsWith("[") && key.startsWith("tokenizer.")) {
            return verbose ? text : null; // as Ollama does with long arrays
        }
        if (text.equals("true") || text.equals("false")) {
            return Boolean.valueOf(text);
        }
        boolean number = !TEXTS.contains(key) && text.matches("-?\\d{1,19}(\\.\\d{1,30})?([eE][+-]?\\d{1,3})?");
        return number ? (Object) new BigDecimal(text) : text;
    }
}
