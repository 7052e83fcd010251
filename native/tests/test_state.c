/* States of sequences: taken, carried as bytes, put back, refused. */
#include "hooks.h"
#include "support.h"

static void decode(int64_t context, int32_t first, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const int32_t token = first + i;
        OK(tokapu_decode(context, 1, &token, NULL, NULL, NULL, NULL, NULL));
    }
}

static int32_t length_of(int64_t context, int32_t sequence) {
    int32_t first = 0;
    int32_t last  = 0;
    OK(tokapu_memory_seq_range(context, sequence, &first, &last));
    return last + 1;
}

static char * bytes_of(int64_t state, int64_t * size) {
    OK(tokapu_state_size(state, size));
    char * bytes = malloc((size_t) *size);
    CHECK(bytes != NULL);
    OK(tokapu_state_read(state, 0, bytes, (int32_t) *size));
    return bytes;
}

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
    decode(context, 10, 12);
    OK(tokapu_state_save(context, 0, 0, &state));
    decode(context, 50, 1);
    OK(tokapu_logits(context, -1, before, 400));
    char *        bytes  = bytes_of(state, &size);
    const int64_t copied = state_of(bytes, size);
    OK(tokapu_state_restore(copied, context, 0, 0));
    CHECK(length_of(context, 0) == 12);
    decode(context, 50, 1);
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
    char *  bytes          = bytes_of(state, &size);
    char *  reference      = malloc((size_t) size);
    int64_t reference_size = size;
    CHECK(reference != NULL);
    OK(tokapu_hook_reference_state(context, 0, reference, &reference_size));
    CHECK(reference_size == size);
    CHECK(memcmp(bytes, reference, (size_t) size) == 0);
    OK(tokapu_state_restore(state, context, 1, 0));
    OK(tokapu_hook_reference_state(context, 1, reference, &reference_size));
    CHECK(length_of(context, 1) == TOKENS);
    /* The keys and values; before them lie the magic number, the sequence and its cells. */
    const int64_t values = (int64_t) 4 << 20;
    CHECK(size > values);
    CHECK(memcmp(bytes + size - values, reference + size - values, (size_t) values) == 0);
    free(reference);
    free(bytes);
    OK(tokapu_state_free(state));
    OK(tokapu_context_free(context));
}

/* Copied piece by piece while another sequence is decoded and its own grows, a state has the bytes that it has at once. */
static void test_parts(int64_t model) {
    enum { TOKENS = 200 };
    for (int32_t unified = 0; unified <= 1; unified++) {
        struct context_options options            = small_options();
        options.ints[TOKAPU_CONTEXT_I_N_CTX]      = 3 * 2 * TOKENS;
        options.ints[TOKAPU_CONTEXT_I_N_SEQ_MAX]  = 3;
        options.ints[TOKAPU_CONTEXT_I_KV_UNIFIED] = unified;
        int64_t context                           = 0;
        int64_t whole                             = 0;
        int64_t copy                              = 0;
        int64_t state                             = 0;
        int64_t size                              = 0;
        int64_t left                              = 0;
        OK(try_context(model, &options, &context));
        decode(context, 10, TOKENS);
        OK(tokapu_state_save(context, 0, 0, &whole));
        OK(tokapu_state_copy_save(context, 0, &copy));
        EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_state(copy, &state), "still to be copied");
        int32_t parts = 0;
        for (left = 1; left > 0; parts++) {
            OK(tokapu_state_copy_next(copy, 1, &left));
            const int32_t token    = 20 + parts % 100;
            const int32_t sequence = parts % 2;
            const int32_t one      = 1;
            if (parts < TOKENS) {
                OK(tokapu_decode(context, 1, &token, NULL, NULL, &one, &sequence, NULL));
            }
        }
        CHECK(parts > 3);
        OK(tokapu_state_copy_next(copy, 1, &left));
        CHECK(left == 0);
        OK(tokapu_state_copy_state(copy, &state));
        OK(tokapu_state_copy_free(copy));
        EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_copy_next(copy, 1, &left));
        char *  bytes     = bytes_of(whole, &size);
        int64_t same_size = 0;
        char *  same      = bytes_of(state, &same_size);
        CHECK(size == same_size);
        CHECK(memcmp(bytes, same, (size_t) size) == 0);
        free(same);

        int64_t at_once = 0;
        free(bytes);
        OK(tokapu_state_restore(whole, context, 2, 0));
        OK(tokapu_state_save(context, 2, 0, &at_once));
        bytes = bytes_of(at_once, &size);
        OK(tokapu_state_free(at_once));
        OK(tokapu_state_copy_restore(state, context, 2, &copy));
        CHECK(length_of(context, 2) == TOKENS);
        EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_state(copy, &state), "puts a state back");
        OK(tokapu_state_append(state, "x", 1)); /* which must not move what is read */
        for (left = 1; left > 0;) {
            OK(tokapu_state_copy_next(copy, 1, &left));
        }
        OK(tokapu_state_copy_free(copy));
        OK(tokapu_state_free(state));
        OK(tokapu_state_save(context, 2, 0, &state));
        same = bytes_of(state, &same_size);
        CHECK(size == same_size);
        CHECK(memcmp(bytes, same, (size_t) size) == 0);
        free(same);

        /* In any order, and not to the end. */
        OK(tokapu_state_copy_restore(state, context, 2, &copy));
        OK(tokapu_state_free(state));
        OK(tokapu_state_copy_next(copy, 1, &left));
        OK(tokapu_context_free(context));
        OK(tokapu_state_copy_next(copy, 1, &left));
        CHECK(left > 0);
        OK(tokapu_state_copy_free(copy));
        OK(tokapu_state_free(whole));
        free(bytes);
    }
}

static void decode_into(int64_t context, int32_t sequence, int32_t count) {
    const int32_t one = 1;
    for (int32_t i = 0; i < count; i++) {
        const int32_t token = 10 + i;
        OK(tokapu_decode(context, 1, &token, NULL, NULL, &one, &sequence, NULL));
    }
}

static int64_t begun_save(int64_t context) {
    int64_t copy = 0;
    int64_t left = 0;
    OK(tokapu_state_copy_save(context, 0, &copy));
    OK(tokapu_state_copy_next(copy, 1, &left));
    CHECK(left > 0);
    return copy;
}

static void refused_and_freed(int64_t copy) {
    int64_t out = 0;
    EXPECT_ERROR(TOKAPU_ERROR_STATE, tokapu_state_copy_next(copy, 1, &out), "removed, moved or replaced");
    OK(tokapu_state_copy_free(copy));
}

/* A copy whose sequence loses what it counts on is refused: its cells may belong to another sequence by then. */
static void test_changed_while_copied(int64_t model) {
    enum { TOKENS = 200 };
    for (int32_t unified = 0; unified <= 1; unified++) {
        struct context_options options            = small_options();
        options.ints[TOKAPU_CONTEXT_I_N_CTX]      = 3 * 2 * TOKENS;
        options.ints[TOKAPU_CONTEXT_I_N_SEQ_MAX]  = 3;
        options.ints[TOKAPU_CONTEXT_I_KV_UNIFIED] = unified;
        int64_t context                           = 0;
        int64_t whole                             = 0;
        int64_t other                             = 0;
        int64_t copy                              = 0;
        int64_t left                              = 0;
        OK(try_context(model, &options, &context));
        decode_into(context, 0, TOKENS);
        OK(tokapu_state_save(context, 0, 0, &whole));

        OK(tokapu_state_copy_restore(whole, context, 1, &copy));
        OK(tokapu_state_copy_next(copy, 1, &left));
        CHECK(left > 0);
        OK(tokapu_memory_seq_rm(context, 1, -1, -1));
        decode_into(context, 2, TOKENS / 2); /* in the cells that this freed, where there is one buffer */
        int64_t size      = 0;
        int64_t same_size = 0;
        OK(tokapu_state_save(context, 2, 0, &other));
        char * before = bytes_of(other, &size);
        OK(tokapu_state_free(other));
        refused_and_freed(copy);
        OK(tokapu_state_save(context, 2, 0, &other));
        char * after = bytes_of(other, &same_size);
        OK(tokapu_state_free(other));
        CHECK(size == same_size && memcmp(before, after, (size_t) size) == 0);
        free(before);
        free(after);

        /* What is behind it may come and go, and so may other sequences. */
        copy = begun_save(context);
        decode_into(context, 0, 3);
        OK(tokapu_memory_seq_rm(context, 0, TOKENS, -1));
        OK(tokapu_memory_seq_rm(context, 2, -1, -1));
        OK(tokapu_memory_seq_cp(context, 0, 1, -1, -1));
        OK(tokapu_state_copy_next(copy, 1, &left));
        OK(tokapu_memory_seq_rm(context, 0, TOKENS - 1, -1));
        refused_and_freed(copy);

        OK(tokapu_state_restore(whole, context, 0, 0));
        copy = begun_save(context);
        OK(tokapu_state_restore(whole, context, 0, 0));
        refused_and_freed(copy);
        copy = begun_save(context);
        OK(tokapu_memory_seq_add(context, 0, 0, -1, 1));
        refused_and_freed(copy);
        copy = begun_save(context);
        OK(tokapu_memory_seq_div(context, 0, 0, -1, 2));
        refused_and_freed(copy);
        OK(tokapu_state_restore(whole, context, 0, 0));
        copy = begun_save(context);
        OK(tokapu_memory_seq_cp(context, 1, 0, -1, -1));
        refused_and_freed(copy);
        OK(tokapu_state_restore(whole, context, 0, 0));
        copy = begun_save(context);
        OK(tokapu_memory_seq_keep(context, 2));
        refused_and_freed(copy);
        OK(tokapu_state_restore(whole, context, 0, 0));
        copy = begun_save(context);
        OK(tokapu_memory_clear(context, 1));
        refused_and_freed(copy);

        /* A complete one counts on nothing any more. */
        OK(tokapu_state_restore(whole, context, 0, 0));
        OK(tokapu_state_copy_save(context, 0, &copy));
        OK(tokapu_state_copy_next(copy, INT64_MAX, &left));
        OK(tokapu_memory_clear(context, 1));
        OK(tokapu_state_copy_state(copy, &other));
        OK(tokapu_state_copy_free(copy));
        OK(tokapu_state_free(other));
        OK(tokapu_state_free(whole));
        OK(tokapu_context_free(context));
    }
}

static void test_damage(int64_t context) {
    int64_t state = 0;
    int64_t size  = 0;
    OK(tokapu_memory_clear(context, 1));
    decode(context, 10, 12);
    OK(tokapu_state_save(context, 0, 0, &state));
    char * bytes = bytes_of(state, &size);
    for (int64_t cut = 0; cut < 400; cut += 7) {
        const int64_t shorter = state_of(bytes, size - 1 - cut);
        EXPECT(TOKAPU_ERROR_STATE, tokapu_state_restore(shorter, context, 0, 0));
        CHECK(length_of(context, 0) == 0);
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
    decode(context, 10, 3);
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
    int64_t copy = 0;
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_save(context, 1000, &copy));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_save(context, 0, NULL));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_copy_save(state, 0, &copy));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_copy_restore(context, context, 0, &copy));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_restore(state, context, -1, &copy));
    EXPECT_ERROR(TOKAPU_ERROR_STATE, tokapu_state_copy_restore(state, context, 0, &copy), "too early");
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_copy_free(state));
    OK(tokapu_state_copy_save(context, 0, &copy)); /* of nothing */
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_next(copy, 0, &size));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_next(copy, 1, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_state(copy, NULL));
    OK(tokapu_state_copy_free(copy));
    OK(tokapu_state_free(state));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_free(state));
}

static void test_key(int64_t context) {
    char    key[2000];
    int32_t length = 0;
    OK(tokapu_context_state_key(context, key, (int32_t) sizeof(key) - 1, &length));
    key[length] = '\0';
    CHECK(strstr(key, "llama.cpp\t0.5.0\nmodel\t") == key);
    CHECK(strstr(key, "\ntype of K\tf16\n") != NULL);
    EXPECT(TOKAPU_ERROR_BUFFER, tokapu_context_state_key(context, key, 5, &length));
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    const int64_t model   = load_model();
    const int64_t context = new_context(model);
    test_round_trip(context);
    test_large_state(model);
    test_parts(model);
    test_changed_while_copied(model);
    test_damage(context);
    test_arguments(context);
    test_key(context);
    OK(tokapu_context_free(context));
    OK(tokapu_model_free(model));
    CHECK(live_handles() == 0);
    return 0;
}
