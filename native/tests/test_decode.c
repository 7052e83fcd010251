/* Contexts: options, batches, outputs, memory. */
#include "support.h"

#include <math.h>

static int64_t model;

static int32_t decode(int64_t context, int32_t n, const int32_t * tokens) {
    return tokapu_decode(context, n, tokens, NULL, NULL, NULL, NULL, NULL);
}

static int32_t position_after(int64_t context, int32_t sequence) {
    int32_t first = 0;
    int32_t last  = 0;
    OK(tokapu_memory_seq_range(context, sequence, &first, &last));
    return last;
}

static void test_option_ranges(void) {
    static const struct {
        int     key;
        int64_t value;
    } bad[] = {
        { TOKAPU_CONTEXT_I_N_CTX, -1 },         { TOKAPU_CONTEXT_I_N_CTX, INT64_MAX },
        { TOKAPU_CONTEXT_I_N_BATCH, 0 },        { TOKAPU_CONTEXT_I_N_BATCH, -1 },
        { TOKAPU_CONTEXT_I_N_UBATCH, 0 },       { TOKAPU_CONTEXT_I_N_SEQ_MAX, 0 },
        { TOKAPU_CONTEXT_I_N_SEQ_MAX, 257 },    { TOKAPU_CONTEXT_I_N_SEQ_MAX, 100000 },
        { TOKAPU_CONTEXT_I_N_THREADS, 0 },      { TOKAPU_CONTEXT_I_N_THREADS, 513 },
        { TOKAPU_CONTEXT_I_N_THREADS_BATCH, 0 },{ TOKAPU_CONTEXT_I_ROPE_SCALING_TYPE, 4 },
        { TOKAPU_CONTEXT_I_POOLING_TYPE, 5 },   { TOKAPU_CONTEXT_I_ATTENTION_TYPE, 2 },
        { TOKAPU_CONTEXT_I_FLASH_ATTN_TYPE, 2 },{ TOKAPU_CONTEXT_I_TYPE_K, 15 },
        { TOKAPU_CONTEXT_I_TYPE_V, -1 },        { TOKAPU_CONTEXT_I_TYPE_V, 1000 },
        { TOKAPU_CONTEXT_I_EMBEDDINGS, 2 },     { TOKAPU_CONTEXT_I_POLL, 101 },
        { TOKAPU_CONTEXT_I_N_OUTPUTS_MAX, -1 }, { TOKAPU_CONTEXT_I_KV_UNIFIED, 7 },
        { TOKAPU_CONTEXT_I_HOST_MEMORY, -1 },   { TOKAPU_CONTEXT_I_HOST_MEMORY, INT64_MAX },
    };
    int64_t context = 0;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct context_options options = small_options();
        options.ints[bad[i].key]       = bad[i].value;
        EXPECT(TOKAPU_ERROR_ARGUMENT, try_context(model, &options, &context));
    }
    for (int i = 0; i < TOKAPU_CONTEXT_F_COUNT; i++) {
        struct context_options options = small_options();
        options.floats[i]              = NAN;
        EXPECT(TOKAPU_ERROR_ARGUMENT, try_context(model, &options, &context));
    }
    struct context_options options              = small_options();
    options.ints[TOKAPU_CONTEXT_I_TYPE_V]          = 8;
    options.ints[TOKAPU_CONTEXT_I_FLASH_ATTN_TYPE] = 0;
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, try_context(model, &options, &context), "flash attention");
    options                                 = small_options();
    options.ints[TOKAPU_CONTEXT_I_TYPE_K]   = 8; /* blocks of 32 do not fit into heads of 16 */
    EXPECT_ERROR(TOKAPU_ERROR_CONTEXT, try_context(model, &options, &context), "does not divide");
    options                                 = small_options();
    options.ints[TOKAPU_CONTEXT_I_N_CTX]    = INT32_MAX - 256;
    EXPECT(TOKAPU_ERROR_MEMORY, try_context(model, &options, &context));
    options                                     = small_options();
    options.ints[TOKAPU_CONTEXT_I_N_CTX]        = 1 << 16;
    options.ints[TOKAPU_CONTEXT_I_HOST_MEMORY]  = 1; /* MiB */
    EXPECT_ERROR(TOKAPU_ERROR_MEMORY, try_context(model, &options, &context), "which has 1.0 MiB for them");
    options                                 = small_options();
    options.ints[TOKAPU_CONTEXT_I_N_SEQ_MAX] = 64; /* more sequences than a batch of 32 has outputs */
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, try_context(model, &options, &context), "n_seq_max is 64");
    CHECK(context == 0 && live_handles() == 1);
}

static void test_batches(void) {
    const int64_t context = new_context(model);
    int32_t       tokens[64];
    int32_t       positions[64];
    float         logits[320];
    for (int i = 0; i < 64; i++) {
        tokens[i]    = 10 + i;
        positions[i] = i;
    }
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, decode(context, 64, tokens), "n_tokens is 64; it must be 1 to 32");
    EXPECT(TOKAPU_ERROR_ARGUMENT, decode(context, 0, tokens));
    EXPECT(TOKAPU_ERROR_ARGUMENT, decode(context, -1, tokens));
    EXPECT(TOKAPU_ERROR_ARGUMENT, decode(context, 1, NULL));
    EXPECT(TOKAPU_ERROR_UNSUPPORTED, tokapu_encode(context, 1, tokens, NULL, NULL, NULL, NULL, NULL));
    const int32_t bad_tokens[] = { -1, 320, INT32_MAX, INT32_MIN };
    for (int i = 0; i < 4; i++) {
        EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, decode(context, 1, &bad_tokens[i]), "0 to 319");
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_decode(context, 1, tokens, NULL, NULL, (int32_t[]) { 1 }, &bad_tokens[i], NULL));
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_decode(context, 1, tokens, NULL, NULL, &bad_tokens[i], tokens, NULL));
    }
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_decode(context, 1, tokens, NULL, (int32_t[]) { -1 }, NULL, NULL, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_decode(context, 1, tokens, NULL, (int32_t[]) { INT32_MAX }, NULL, NULL, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_decode(context, 1, tokens, NULL, NULL, (int32_t[]) { 1 }, NULL, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_decode(context, 1, tokens, logits, NULL, NULL, NULL, NULL));

    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_logits(context, -1, logits, 320), "decode a batch first");
    OK(tokapu_decode(context, 32, tokens, NULL, positions, NULL, NULL, NULL));
    OK(tokapu_logits(context, -1, logits, 320));
    OK(tokapu_logits(context, 31, logits, 320));
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_logits(context, 0, logits, 320), "no output was asked for");
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_logits(context, 32, logits, 320));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_logits(context, -2, logits, 320));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_logits(context, INT32_MIN, logits, 320));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_logits(context, INT32_MAX, logits, 320));
    EXPECT(TOKAPU_ERROR_BUFFER, tokapu_logits(context, -1, logits, 319));
    CHECK(position_after(context, 0) == 31);

    /* A gap in the positions is refused by llama.cpp; outputs of the failed batch are gone. */
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_decode(context, 1, tokens, NULL, (int32_t[]) { 40 }, NULL, NULL, NULL),
                 "consecutive");
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_logits(context, -1, logits, 320));

    const int8_t none[2] = { 0, 0 };
    OK(tokapu_decode(context, 2, tokens, NULL, NULL, NULL, NULL, none));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_logits(context, -1, logits, 320));
    for (int i = 0; i < 6; i++) {
        OK(decode(context, 32, tokens));
    }
    EXPECT(TOKAPU_DECODE_NO_KV_SLOT, decode(context, 32, tokens));
    OK(tokapu_memory_clear(context, 1));
    OK(decode(context, 32, tokens));
    OK(tokapu_context_free(context));
}

static void test_sequences(bool unified) {
    struct context_options options              = small_options();
    options.ints[TOKAPU_CONTEXT_I_N_SEQ_MAX]     = 4;
    options.ints[TOKAPU_CONTEXT_I_N_CTX]         = 1024;
    options.ints[TOKAPU_CONTEXT_I_KV_UNIFIED]    = unified ? 1 : 0;
    int64_t context = 0;
    OK(try_context(model, &options, &context));
    const int32_t tokens[4] = { 5, 6, 7, 8 };
    const int32_t ones[4]   = { 1, 1, 1, 1 };
    const int32_t ids[4]    = { 0, 1, 2, 3 };
    OK(tokapu_decode(context, 4, tokens, NULL, NULL, ones, ids, NULL));
    OK(tokapu_decode(context, 4, tokens, NULL, NULL, NULL, NULL, NULL));
    CHECK(position_after(context, 0) == 4 && position_after(context, 3) == 0);
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_decode(context, 1, tokens, NULL, NULL, ones, (int32_t[]) { 4 }, NULL));
    const int32_t two = 2;
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_decode(context, 1, tokens, NULL, NULL, (int32_t[]) { 5 }, ids, NULL));
    if (unified) {
        EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_decode(context, 1, tokens, NULL, NULL, &two, (int32_t[]) { 1, 1 }, NULL),
                     "twice");
        OK(tokapu_memory_clear(context, 0));
        OK(tokapu_decode(context, 1, tokens, NULL, NULL, &two, ids, NULL));
        OK(tokapu_memory_clear(context, 0));
        OK(decode(context, 4, tokens));
        OK(tokapu_memory_seq_cp(context, 0, 2, 1, 3));
    } else {
        EXPECT_ERROR(TOKAPU_ERROR_UNSUPPORTED, tokapu_decode(context, 1, tokens, NULL, NULL, &two, ids, NULL), "kv_unified");
        EXPECT(TOKAPU_ERROR_UNSUPPORTED, tokapu_memory_seq_cp(context, 0, 1, 1, 2));
    }
    const int32_t last = position_after(context, 0);
    OK(tokapu_memory_seq_cp(context, 0, 1, -1, -1));
    OK(tokapu_memory_seq_cp(context, 0, 1, 0, last + 1));
    CHECK(position_after(context, 1) == last);
    OK(tokapu_memory_seq_rm(context, 1, 2, -1));
    CHECK(position_after(context, 1) == 1); /* no ghost of the second copy */
    OK(tokapu_memory_seq_cp(context, 1, 1, -1, -1));
    OK(tokapu_memory_seq_keep(context, 0));
    CHECK(position_after(context, 0) == last && position_after(context, 1) == -1);
    OK(tokapu_memory_seq_rm(context, -1, -1, -1));
    CHECK(position_after(context, 0) == -1);
    const int32_t bad[] = { -1, 4, 256, INT32_MAX, INT32_MIN };
    for (int i = 0; i < 5; i++) {
        int32_t value = 0;
        if (bad[i] != -1) {
            EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_memory_seq_rm(context, bad[i], -1, -1));
        }
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_memory_seq_cp(context, bad[i], 0, -1, -1));
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_memory_seq_cp(context, 0, bad[i], -1, -1));
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_memory_seq_keep(context, bad[i]));
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_memory_seq_add(context, bad[i], -1, -1, 1));
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_memory_seq_div(context, bad[i], -1, -1, 2));
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_memory_seq_range(context, bad[i], &value, &value));
    }
    OK(tokapu_context_free(context));
}

static void test_shift(void) {
    const int64_t context   = new_context(model);
    const int32_t tokens[8] = { 5, 6, 7, 8, 9, 10, 11, 12 };
    OK(decode(context, 8, tokens));
    OK(tokapu_memory_seq_rm(context, 0, 2, 4));
    OK(tokapu_memory_seq_add(context, 0, 4, -1, -2));
    CHECK(position_after(context, 0) == 5);
    OK(decode(context, 1, tokens));
    OK(tokapu_memory_seq_div(context, 0, -1, -1, 2));
    CHECK(position_after(context, 0) == 3);
    OK(decode(context, 1, tokens));
    OK(tokapu_memory_seq_add(context, 0, -1, -1, -1000000));
    CHECK(position_after(context, 0) == -1);
    OK(decode(context, 8, tokens));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_memory_seq_add(context, 0, -1, -1, INT32_MAX));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_memory_seq_add(context, 0, -1, -1, INT32_MIN));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_memory_seq_add(context, 0, -1, -1, INT32_MAX / 2));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_memory_seq_div(context, 0, -1, -1, 0));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_memory_seq_div(context, 0, -1, -1, -3));
    OK(tokapu_memory_seq_rm(context, 0, 5, 2));
    CHECK(position_after(context, 0) == 7);
    OK(tokapu_context_free(context));
}

static void test_embeddings(void) {
    struct context_options options            = small_options();
    options.ints[TOKAPU_CONTEXT_I_EMBEDDINGS]  = 1;
    options.ints[TOKAPU_CONTEXT_I_POOLING_TYPE] = 0;
    int64_t       context   = 0;
    int32_t       n         = 0;
    float         values[64];
    const int32_t tokens[3] = { 5, 6, 7 };
    OK(try_context(model, &options, &context));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_embeddings(context, 0, values, 64, &n));
    OK(decode(context, 3, tokens));
    OK(tokapu_embeddings(context, 0, values, 64, &n));
    CHECK(n == 64);
    OK(tokapu_embeddings(context, -3, values, 64, &n));
    EXPECT(TOKAPU_ERROR_BUFFER, tokapu_embeddings(context, 0, values, 63, &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_embeddings(context, 3, values, 64, &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_embeddings_seq(context, 0, values, 64, &n));
    OK(tokapu_context_set_embeddings(context, 0));
    OK(decode(context, 3, tokens));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_embeddings(context, 0, values, 64, &n));
    OK(tokapu_context_free(context));

    options.ints[TOKAPU_CONTEXT_I_POOLING_TYPE] = 1;
    OK(try_context(model, &options, &context));
    OK(decode(context, 3, tokens));
    OK(tokapu_embeddings_seq(context, 0, values, 64, &n));
    CHECK(n == 64);
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_embeddings_seq(context, 1, values, 64, &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_embeddings(context, 0, values, 64, &n));
    OK(tokapu_context_set_causal_attention(context, 0));
    int32_t many[32];
    for (int i = 0; i < 32; i++) {
        many[i] = 20;
    }
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, decode(context, 32, many), "n_ubatch = 16");
    OK(decode(context, 16, many));
    OK(tokapu_context_free(context));

    /* Input embeddings instead of tokens. */
    static float input[2 * 64];
    context = new_context(model);
    OK(tokapu_decode(context, 2, NULL, input, NULL, NULL, NULL, NULL));
    OK(tokapu_context_free(context));
}

static void test_information(void) {
    int64_t       info[TOKAPU_CONTEXT_INFO_COUNT];
    const int64_t context = new_context(model);
    OK(tokapu_context_info(context, info, TOKAPU_CONTEXT_INFO_COUNT));
    CHECK(info[TOKAPU_CONTEXT_INFO_N_CTX] == 256 && info[TOKAPU_CONTEXT_INFO_N_BATCH] == 32);
    CHECK(info[TOKAPU_CONTEXT_INFO_N_UBATCH] == 16 && info[TOKAPU_CONTEXT_INFO_N_SEQ_MAX] == 1);
    CHECK(info[TOKAPU_CONTEXT_INFO_HAS_MEMORY] == 1 && info[TOKAPU_CONTEXT_INFO_CAN_SHIFT] == 1);
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_info(context, info, 3));
    const int32_t token = 9;
    float         before[320];
    float         after[320];
    OK(decode(context, 1, &token));
    OK(tokapu_logits(context, -1, before, 320));
    for (int threads = 1; threads <= 3; threads++) {
        OK(tokapu_context_set_threads(context, threads, 1 + threads % 2));
        OK(tokapu_memory_clear(context, 1));
        OK(decode(context, 1, &token));
        OK(tokapu_logits(context, -1, after, 320));
        CHECK(memcmp(before, after, sizeof(before)) == 0);
    }
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_threads(context, 0, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_threads(context, 1, 513));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_embeddings(context, 3));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_causal_attention(context, -1));
    OK(tokapu_context_abort(context, 1));
    EXPECT(TOKAPU_DECODE_ABORTED, decode(context, 1, &token));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_abort(context, 2));
    OK(tokapu_context_abort(context, 0));
    OK(decode(context, 1, &token));
    OK(tokapu_context_free(context));
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    model = load_model();
    test_option_ranges();
    test_batches();
    test_sequences(false);
    test_sequences(true);
    test_shift();
    test_embeddings();
    test_information();
    OK(tokapu_model_free(model));
    CHECK(live_handles() == 0);
    return 0;
}
