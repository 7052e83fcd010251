package dev.tokapu.server.ollama;

import dev.tokapu.Model;
import dev.tokapu.ModelInfo;
import dev.tokapu.chat.ChatTemplate;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.server.model.ServedModel;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is told of a model. */
final class ModelJson {

    /** Models stay; clients want a time. */
    private static final Duration FOREVER = Duration.ofDays(36_500);

    private static final String TEMPLATE = "tokenizer.chat_template";

    /** Texts that may look like numbers. */
    private static final Set<String> TEXTS =
            Set.of("general.name", "general.basename", "general.version", "general.size_label", "general.finetune");

    private ModelJson() {}

    /** Of /api/tags. */
    static Map<String, @Nullable Object> listed(ServedModel served) {
        Model model = served.engine().model();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", ModelNames.tagged(served.name()));
        json.put("model", ModelNames.tagged(served.name()));
        json.put("modified_at", served.created().toString());
        json.put("size", model.info().sizeInBytes());
        json.put("digest", digest(model));
        json.put("details", details(model.info()));
        return json;
    }

    /** Of /api/ps. */
    static Map<String, @Nullable Object> running(ServedModel served) {
        Map<String, @Nullable Object> json = listed(served);
        json.remove("modified_at");
        json.put("expires_at", served.created().plus(FOREVER).toString());
        json.put("size_vram", onDevices(served.engine().model()));
        json.put("context_length", served.engine().sequenceContextSize());
        return json;
    }

    /** Of /api/show. */
    static Map<String, @Nullable Object> shown(ServedModel served, boolean verbose) {
        Model model = served.engine().model();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("modelfile", "");
        json.put("parameters", "");
        json.put("template", model.metadata().getOrDefault(TEMPLATE, ""));
        json.put("details", details(model.info()));
        json.put("model_info", metadata(model, verbose));
        json.put("capabilities", capabilities(served));
        json.put("modified_at", served.created().toString());
        return json;
    }

    private static Map<String, Object> details(ModelInfo info) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("parent_model", "");
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

    /** Clients tell models apart by it; it is of what the file says, not of its bytes, which may not be there. */
    private static String digest(Model model) {
        try {
            byte[] text = (model.metadata() + " " + model.info().sizeInBytes()).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Bytes of weights on GPUs. */
    private static long onDevices(Model model) {
        return model.memory().totals().stream()
                .filter(row -> row.device() != null)
                .mapToLong(MemoryReport.Row::weights)
                .sum();
    }

    private static Map<String, @Nullable Object> metadata(Model model, boolean verbose) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        model.metadata().forEach((key, text) -> json.put(key, value(key, text, verbose)));
        json.remove(TEMPLATE);
        json.put("general.parameter_count", model.info().parameterCount());
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

    private static List<String> capabilities(ServedModel served) {
        if (served.engine().options().context().embeddings()) {
            return List.of("embedding");
        }
        List<String> all = new ArrayList<>();
        all.add("completion");
        Model model = served.engine().model();
        if (model.hasChatTemplate()) {
            try (ChatTemplate template = ChatTemplate.of(model)) {
                if (Boolean.TRUE.equals(template.capabilities().get("supports_tools"))) {
                    all.add("tools");
                }
                if (thinks(template.source())) {
                    all.add("thinking");
                }
            }
        }
        return all;
    }

    /** Templates do not say so; those of models that think have one of these words. */
    static boolean thinks(String template) {
        return template.contains("<think>")
                || template.contains("enable_thinking")
                || template.contains("reasoning_effort");
    }
}
