/* llama_state_seq_get_data() and _set_data() alone, to compare StateBench with.
 * BACKENDS MODEL TOKENS REPETITIONS THREADS; prints one JSON object with nanoseconds of each repetition. run.py state compiles it. */
#include "ggml-backend.h"
#include "llama.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void quiet(enum ggml_log_level level, const char * text, void * data) {
    (void) level;
    (void) text;
    (void) data;
}

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char ** argv) {
    if (argc != 6) {
        fprintf(stderr, "state_reference BACKENDS MODEL TOKENS REPETITIONS THREADS\n");
        return 2;
    }
    const int n_tokens = atoi(argv[3]);
    const int n        = atoi(argv[4]);
    llama_log_set(quiet, NULL);
    ggml_backend_load_all_from_path(argv[1]);
    struct llama_model * model = llama_model_load_from_file(argv[2], llama_model_default_params());
    struct llama_context_params params = llama_context_default_params();
    params.n_ctx           = (uint32_t) n_tokens + 256;
    params.n_seq_max       = 9;
    params.kv_unified      = true;
    params.n_threads       = atoi(argv[5]);
    params.n_threads_batch = params.n_threads;
    struct llama_context * context = model == NULL ? NULL : llama_init_from_model(model, params);
    int32_t * tokens = malloc(sizeof(int32_t) * (size_t) n_tokens);
    if (context == NULL || tokens == NULL) {
        fprintf(stderr, "cannot load %s\n", argv[2]);
        return 1;
    }
    for (int i = 0; i < n_tokens; i++) {
        tokens[i] = (i * 7919) % llama_vocab_n_tokens(llama_model_get_vocab(model));
    }
    for (int from = 0; from < n_tokens; from += 2048) {
        const int count = n_tokens - from < 2048 ? n_tokens - from : 2048;
        if (llama_decode(context, llama_batch_get_one(tokens + from, count)) != 0) {
            return 1;
        }
    }
    const size_t size  = llama_state_seq_get_size(context, 0);
    uint8_t *    bytes = malloc(size);
    if (bytes == NULL) {
        return 1;
    }
    printf("{\"bytes\": %zu, \"get_ns\": [", size);
    for (int i = -2; i < n; i++) {
        const long long begin = now();
        llama_state_seq_get_data(context, bytes, size, 0);
        if (i >= 0) {
            printf("%s%lld", i == 0 ? "" : ", ", now() - begin);
        }
    }
    printf("], \"set_ns\": [");
    for (int i = -2; i < n; i++) {
        const long long begin = now();
        llama_state_seq_set_data(context, bytes, size, 0);
        if (i >= 0) {
            printf("%s%lld", i == 0 ? "" : ", ", now() - begin);
        }
    }
    printf("]}\n");
    free(bytes);
    free(tokens);
    llama_free(context);
    llama_model_free(model);
    return 0;
}
