package dev.tokapu.raw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs the default model with nothing but C functions. */
class RawDecodeIT {

    private static final String MODEL = "/dev/tokapu/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";

    private static final List<String> LOG = new CopyOnWriteArrayList<>();

    private static Path model;

    @BeforeAll
    static void unpack() throws IOException {
        Llama.llama_log_set(
                ggml_log_callback.allocate((level, text, data) -> LOG.add(text.getString(0)), Arena.global()),
                MemorySegment.NULL);
        model = Path.of(System.getProperty("tokapu.target.dir")).resolve("raw-test.gguf");
        try (InputStream in = RawDecodeIT.class.getResourceAsStream(MODEL)) {
            Files.write(model, in.readAllBytes());
        }
    }

    @Test
    void modelLoad_byTheExampleOfTheDocumentation_answers() {
        assertThat(Snippets.vocabularySize(model)).isEqualTo(49152);
        assertThat(LOG).isNotEmpty();
    }

    @Test
    void decode_greedyOnTheDefaultModel_answers() {
        try (Arena arena = Arena.ofConfined()) {
            Llama.ggml_backend_load_all_from_path(
                    arena.allocateFrom(RawLibraries.directory().toString()));
            MemorySegment llama = Llama.llama_model_load_from_file(
                    arena.allocateFrom(model.toString()), Llama.llama_model_default_params(arena));
            MemorySegment params = Llama.llama_context_default_params(arena);
            llama_context_params.n_ctx(params, 128);
            llama_context_params.n_threads(params, 1);
            llama_context_params.n_threads_batch(params, 1);
            MemorySegment context = Llama.llama_init_from_model(llama, params);
            MemorySegment sampler = Llama.llama_sampler_init_greedy();

            String answer = greedy(arena, llama, context, sampler, "The capital of France is", 4);

            Llama.llama_sampler_free(sampler);
            Llama.llama_free(context);
            Llama.llama_model_free(llama);
            assertThat(answer).startsWith(" Paris");
        }
    }

    private static String greedy(
            Arena arena, MemorySegment llama, MemorySegment context, MemorySegment sampler, String prompt, int n) {
        MemorySegment vocab = Llama.llama_model_get_vocab(llama);
        MemorySegment text = arena.allocateFrom(prompt);
        MemorySegment tokens = arena.allocate(Llama.C_INT, 64);
        int count = Llama.llama_tokenize(vocab, text, (int) text.byteSize() - 1, tokens, 64, true, true);
        assertThat(count).isPositive();
        StringBuilder answer = new StringBuilder();
        MemorySegment piece = arena.allocate(64);
        for (int i = 0; i < n; i++) {
            assertThat(Llama.llama_decode(context, Llama.llama_batch_get_one(arena, tokens, count)))
                    .isZero();
            int token = Llama.llama_sampler_sample(sampler, context, -1);
            int length = Llama.llama_token_to_piece(vocab, token, piece, (int) piece.byteSize(), 0, false);
            answer.append(new String(piece.asSlice(0, length).toArray(Llama.C_CHAR), StandardCharsets.UTF_8));
            tokens.set(Llama.C_INT, 0, token);
            count = 1;
        }
        return answer.toString();
    }
}
