/* States of sequences: taken, carried as bytes, put back, refused. */
#include "hooks.h"
#include "support.h"

static int64_t state_of(const char * bytes, int64_t size) {
    int64_t state = 0;
    OK(tokapu_state_new(&state));
    OK(tokapu_state_append(state, bytes, (int32_t) (size / 2)));
    OK(tokapu_state_append(state, bytes + size / 2, (int32_t) (size - size / 2)));
    return state;
}

static void test_round_trip(int64_t context) {
    float   before[400];
    float   after[400];
    int64_t state = 0;
    int64_t size  = 0;
    decode_tokens(context, 0, 10, 12);
    OK(tokapu_state_save(context, 0, 0, &state));
    decode_tokens(context, 0, 50, 1);
    OK(tokapu_logits(context, -1, before, 400));
    char *        bytes  = state_bytes(state, &size);
    const int64_t copied = state_of(bytes, size);
    OK(tokapu_state_restore(copied, context, 0, 0));
    CHECK(sequence_length(context, 0) == 12);
    decode_tokens(context, 0, 50, 1);
    OK(tokapu_logits(context, -1, after, 400));
    CHECK(memcmp(before, after, sizeof(float) * 300) == 0);
    OK(tokapu_state_free(copied));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_restore(copied, context, 0, 0));
    OK(tokapu_state_free(state));
    free(bytes);
}

/* A state that several threads copy in several pieces, has the bytes of llama.cpp's own function. */
static void test_large_state(int64_t model) {
    enum { TOKENS = 8300, STEP = 500 }; /* more than 1 MiB of F32 keys in a layer */
    struct context_options options                 = small_options();
    options.ints[TOKAPU_CONTEXT_I_N_CTX]           = 2 * (TOKENS + STEP);
    options.ints[TOKAPU_CONTEXT_I_N_SEQ_MAX]       = 2;
    options.ints[TOKAPU_CONTEXT_I_KV_UNIFIED]      = 1;
    options.ints[TOKAPU_CONTEXT_I_N_BATCH]         = STEP;
    options.ints[TOKAPU_CONTEXT_I_N_UBATCH]        = STEP;
    options.ints[TOKAPU_CONTEXT_I_N_THREADS_BATCH] = 2;
    options.ints[TOKAPU_CONTEXT_I_TYPE_K]          = 0;
    options.ints[TOKAPU_CONTEXT_I_TYPE_V]          = 0;
    int64_t context = 0;
    OK(try_context(model, &options, &context));
    int32_t tokens[STEP];
    for (int32_t i = 0; i < STEP; i++) {
        tokens[i] = 10 + (i * 7) % 200;
    }
    for (int32_t done = 0; done < TOKENS; done += STEP) {
        const int32_t count = TOKENS - done < STEP ? TOKENS - done : STEP;
        OK(tokapu_decode(context, count, tokens, NULL, NULL, NULL, NULL, NULL));
    }
    int64_t state = 0;
    int64_t size  = 0;
    OK(tokapu_state_save(context, 0, 0, &state));
    char *  bytes          = state_bytes(state, &size);
    char *  reference      = malloc((size_t) size);
    int64_t reference_size = size;
    CHECK(reference != NULL);
    OK(tokapu_hook_reference_state(context, 0, reference, &reference_size));
    CHECK(reference_size == size);
    CHECK(memcmp(bytes, reference, (size_t) size) == 0);
    OK(tokapu_state_restore(state, context, 1, 0));
    OK(tokapu_hook_reference_state(context, 1, reference, &reference_size));
    CHECK(sequence_length(context, 1) == TOKENS);
    /* The keys and values; before them lie the magic number, the sequence and its cells. */
    const int64_t values = (int64_t) 4 << 20;
    CHECK(size > values);
    CHECK(memcmp(bytes + size - values, reference + size - values, (size_t) values) == 0);
    free(reference);
    free(bytes);
    OK(tokapu_state_free(state));
    OK(tokapu_context_free(context));
}

static void test_damage(int64_t context) {
    int64_t state = 0;
    int64_t size  = 0;
    OK(tokapu_memory_clear(context, 1));
    decode_tokens(context, 0, 10, 12);
    OK(tokapu_state_save(context, 0, 0, &state));
    char * bytes = state_bytes(state, &size);
    for (int64_t cut = 0; cut < 400; cut += 7) {
        const int64_t shorter = state_of(bytes, size - 1 - cut);
        EXPECT(TOKAPU_ERROR_STATE, tokapu_state_restore(shorter, context, 0, 0));
        CHECK(sequence_length(context, 0) == 0);
        OK(tokapu_state_free(shorter));
    }
    OK(tokapu_state_append(state, "x", 1));
    EXPECT_ERROR(TOKAPU_ERROR_STATE, tokapu_state_restore(state, context, 0, 0), "more bytes");
    const uint32_t extremes[] = { 0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 1U << 24U, 1000000 };
    for (int64_t at = 0; at < 60; at++) {
        for (size_t i = 0; i < sizeof(extremes) / sizeof(extremes[0]); i++) {
            char * forged = malloc((size_t) size);
            CHECK(forged != NULL);
            memcpy(forged, bytes, (size_t) size);
            memcpy(forged + 4 * at, &extremes[i], sizeof(uint32_t));
            const int64_t other = state_of(forged, size);
            (void) tokapu_state_restore(other, context, 0, 0); /* must come back */
            OK(tokapu_memory_seq_rm(context, 0, -1, -1));
            OK(tokapu_state_free(other));
            free(forged);
        }
    }
    OK(tokapu_state_free(state));
    free(bytes);
    decode_tokens(context, 0, 10, 3);
}

static void test_arguments(int64_t context) {
    int64_t state = 0;
    int64_t size  = 0;
    char    byte  = 0;
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_save(context, 1000, 0, &state));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_save(context, -1, 0, &state));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_save(context, 0, 2, &state));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_save(context, 0, 0, NULL));
    EXPECT_ERROR(TOKAPU_ERROR_UNSUPPORTED, tokapu_state_save(context, 0, 1, &state), "partial");
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_save(12345, 0, 0, &state));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_new(NULL));
    OK(tokapu_state_new(&state));
    EXPECT_ERROR(TOKAPU_ERROR_STATE, tokapu_state_restore(state, context, 0, 0), "too early");
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_append(state, NULL, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_append(state, &byte, -1));
    OK(tokapu_state_append(state, NULL, 0));
    OK(tokapu_state_append(state, &byte, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_size(state, NULL));
    OK(tokapu_state_size(state, &size));
    CHECK(size == 1);
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_read(state, 1, &byte, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_read(state, -1, &byte, 1));
    // The message once added the two: an overflow, which UndefinedBehaviorSanitizer found.
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_state_read(state, INT64_MAX, &byte, 1), "1 bytes from 9223372036854775807 on");
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_read(state, 0, NULL, 1));
    OK(tokapu_state_read(state, 1, NULL, 0));
    EXPECT_ERROR(TOKAPU_ERROR_STATE, tokapu_state_restore(state, context, 0, 0), "too early");
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_restore(state, context, 0, 3));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_restore(state, context, -1, 0));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_restore(context, context, 0, 0));
    OK(tokapu_state_free(state));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_free(state));
}

static void test_key(int64_t context) {
    char    key[2000];
    int32_t length = 0;
    OK(tokapu_context_state_key(context, key, (int32_t) sizeof(key) - 1, &length));
    key[length] = '\0';
    CHECK(strstr(key, "llama.cpp\t" LLAMA_RELEASE "\nmodel\t") == key);
    CHECK(strstr(key, "\ntype of K\tf16\n") != NULL);
    EXPECT(TOKAPU_ERROR_BUFFER, tokapu_context_state_key(context, key, 5, &length));
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    const int64_t model   = load_model();
    const int64_t context = new_context(model);
    test_round_trip(context);
    test_large_state(model);
    test_damage(context);
    test_arguments(context);
    test_key(context);
    OK(tokapu_context_free(context));
    OK(tokapu_model_free(model));
    CHECK(live_handles() == 0);
    return 0;
}
