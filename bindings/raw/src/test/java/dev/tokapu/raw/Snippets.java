package dev.tokapu.raw;

import static dev.tokapu.raw.Llama.ggml_backend_load_all_from_path;
import static dev.tokapu.raw.Llama.llama_model_default_params;
import static dev.tokapu.raw.Llama.llama_model_free;
import static dev.tokapu.raw.Llama.llama_model_get_vocab;
import static dev.tokapu.raw.Llama.llama_model_load_from_file;
import static dev.tokapu.raw.Llama.llama_vocab_n_tokens;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** The example of the package documentation. */
final class Snippets {

    private Snippets() {}

    // @start region="vocabularySize"
    static int vocabularySize(Path gguf) {
        try (Arena arena = Arena.ofConfined()) {
            String backends = RawLibraries.directory().toString();
            ggml_backend_load_all_from_path(arena.allocateFrom(backends));
            MemorySegment params = llama_model_default_params(arena);
            llama_model_params.vocab_only(params, true);
            MemorySegment model = llama_model_load_from_file(arena.allocateFrom(gguf.toString()), params);
            int tokens = llama_vocab_n_tokens(llama_model_get_vocab(model));
            llama_model_free(model);
            return tokens;
        }
    }
    // @end
}
