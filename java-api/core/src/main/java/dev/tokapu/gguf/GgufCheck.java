package dev.tokapu.gguf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What llama.cpp would refuse a file for, as far as it can be told without its code: layout, vocabulary, shapes of tensors. */
final class GgufCheck {

    private static final String TOKENS = "tokenizer.ggml.tokens";

    /** Values of tokenizer.ggml.model with which the tokens are not read. */
    private static final Set<String> NO_VOCABULARY = Set.of("none", "no_vocab");

    /** Arrays with an item for each token. */
    private static final List<String> PER_TOKEN = List.of("tokenizer.ggml.scores", "tokenizer.ggml.token_type");

    /** What an unsigned -1 looks like. */
    private static final long NO_TOKEN = 0xFFFFFFFFL;

    private final GgufFile file;
    private final List<GgufProblem> problems = new ArrayList<>();

    private GgufCheck(GgufFile file) {
        this.file = file;
    }

    static List<GgufProblem> problems(GgufFile file) {
        GgufCheck check = new GgufCheck(file);
        check.layout();
        check.vocabulary();
        for (String problem : TensorShapes.problems(file)) {
            check.severe(problem);
        }
        return List.copyOf(check.problems);
    }

    private void layout() {
        MetadataValue alignment = file.values().get(GgufFile.ALIGNMENT_KEY);
        if (alignment != null && alignment.type() != MetadataType.UINT32) {
            severe(GgufFile.ALIGNMENT_KEY + " is of type " + alignment.type() + "; it must be UINT32");
        }
        if (file.values().containsKey("")) {
            severe("a metadata key is empty");
        }
        long offset = file.dataOffset();
        for (TensorInfo tensor : file.tensors()) {
            if (tensor.name().getBytes(StandardCharsets.UTF_8).length > GgufBuilder.MAX_NAME_BYTES) {
                severe("the name of tensor '" + tensor.name() + "' has more than " + GgufBuilder.MAX_NAME_BYTES
                        + " bytes");
            }
            if (tensor.offset() != offset) {
                severe("tensor '" + tensor.name() + "' begins at byte " + tensor.offset() + " in place of " + offset
                        + "; there must be no gaps");
            }
            offset = GgufFile.align(tensor.offset() + tensor.bytes() - file.dataOffset(), file.alignment())
                    + file.dataOffset();
        }
        if (file.architecture().isEmpty()) {
            severe("general.architecture is missing");
        }
    }

    private void vocabulary() {
        MetadataValue tokens = file.values().get(TOKENS);
        if (tokens == null
                || NO_VOCABULARY.contains(file.text("tokenizer.ggml.model").orElse(""))) {
            return;
        }
        if (!tokens.isArray() || tokens.type() != MetadataType.STRING) {
            severe(TOKENS + " is no array of texts");
            return;
        }
        for (String key : PER_TOKEN) {
            MetadataValue items = file.values().get(key);
            if (items != null && items.size() < tokens.size()) {
                severe(key + " has " + items.size() + " items for " + tokens.size() + " tokens");
            }
        }
        for (Map.Entry<String, MetadataValue> entry : file.values().entrySet()) {
            String key = entry.getKey();
            boolean id = key.startsWith("tokenizer.ggml.") && key.endsWith("_token_id");
            if (id && !entry.getValue().isArray() && entry.getValue().value() instanceof Long token) {
                if (token != NO_TOKEN && (token < -1 || token >= tokens.size())) {
                    warn(key + " is " + token + "; there are " + tokens.size() + " tokens");
                }
            }
        }
    }

    private void severe(String message) {
        problems.add(new GgufProblem(true, message));
    }

    private void warn(String message) {
        problems.add(new GgufProblem(false, message));
    }
}
