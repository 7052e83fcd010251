package dev.tokapu.embedding;

import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Map;

/** Code of docs/embeddings.md. */
final class EmbeddingSnippets {

    private EmbeddingSnippets() {}

    // @start region="accents"
    static Model loadKeepingAccents(Path file) {
        ModelOptions options = ModelOptions.builder()
                .metadataOverrides(Map.of("tokenizer.ggml.normalizer.strip_accents", false))
                .build();
        return Model.load(file, options);
    }

    static String withoutAccents(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFD).replaceAll("\\p{Mn}", "");
    }
    // @end
}
