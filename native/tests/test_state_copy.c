/* States that are copied in parts, beside other work on the context. */
#include "support.h"

enum { TOKENS = 200 };

/* Room for three sequences of twice TOKENS, in one buffer or in one each. */
static int64_t context_of_three(int64_t model, int32_t unified) {
    struct context_options options            = small_options();
    options.ints[TOKAPU_CONTEXT_I_N_CTX]      = 3 * 2 * TOKENS;
    options.ints[TOKAPU_CONTEXT_I_N_SEQ_MAX]  = 3;
    options.ints[TOKAPU_CONTEXT_I_KV_UNIFIED] = unified;
    int64_t context                           = 0;
    OK(try_context(model, &options, &context));
    return context;
}

static int64_t saved(int64_t context, int32_t sequence) {
    int64_t state = 0;
    OK(tokapu_state_save(context, sequence, 0, &state));
    return state;
}

static void check_same(int64_t state, int64_t other) {
    int64_t size       = 0;
    int64_t other_size = 0;
    char *  bytes      = state_bytes(state, &size);
    char *  others     = state_bytes(other, &other_size);
    CHECK(size == other_size);
    CHECK(memcmp(bytes, others, (size_t) size) == 0);
    free(bytes);
    free(others);
}

/* Copied piece by piece while another sequence is decoded and its own grows, a state has the bytes that it has at once. */
static void test_parts(int64_t model, int32_t unified) {
    const int64_t context = context_of_three(model, unified);
    int64_t       copy    = 0;
    int64_t       state   = 0;
    int64_t       left    = 0;
    decode_tokens(context, 0, 10, TOKENS);
    const int64_t whole = saved(context, 0);
    OK(tokapu_state_copy_save(context, 0, 0, 0, &copy));
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_state(copy, &state), "still to be copied");
    int32_t parts = 0;
    for (left = 1; left > 0; parts++) {
        OK(tokapu_state_copy_next(copy, 1, &left));
        if (parts < TOKENS) {
            decode_tokens(context, parts % 2, 20 + parts % 100, 1);
        }
    }
    CHECK(parts > 3);
    OK(tokapu_state_copy_next(copy, 1, &left));
    CHECK(left == 0);
    OK(tokapu_state_copy_state(copy, &state));
    OK(tokapu_state_copy_free(copy));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_copy_next(copy, 1, &left));
    check_same(whole, state);

    OK(tokapu_state_restore(whole, context, 2, 0));
    const int64_t at_once = saved(context, 2);
    OK(tokapu_state_copy_restore(state, context, 2, &copy));
    CHECK(sequence_length(context, 2) == TOKENS);
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_state(copy, &state), "puts a state back");
    OK(tokapu_state_append(state, "x", 1)); /* which must not move what is read */
    for (left = 1; left > 0;) {
        OK(tokapu_state_copy_next(copy, 1, &left));
    }
    OK(tokapu_state_copy_free(copy));
    OK(tokapu_state_free(state));
    state = saved(context, 2);
    check_same(at_once, state);
    OK(tokapu_state_free(at_once));

    /* In any order, and not to the end. */
    OK(tokapu_state_copy_restore(state, context, 2, &copy));
    OK(tokapu_state_free(state));
    OK(tokapu_state_copy_next(copy, 1, &left));
    OK(tokapu_context_free(context));
    OK(tokapu_state_copy_next(copy, 1, &left));
    CHECK(left > 0);
    OK(tokapu_state_copy_free(copy));
    OK(tokapu_state_free(whole));
}

static int64_t begun_save(int64_t context) {
    int64_t copy = 0;
    int64_t left = 0;
    OK(tokapu_state_copy_save(context, 0, 0, 0, &copy));
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
static void test_changed_while_copied(int64_t model, int32_t unified) {
    const int64_t context = context_of_three(model, unified);
    int64_t       copy    = 0;
    int64_t       state   = 0;
    int64_t       left    = 0;
    decode_tokens(context, 0, 10, TOKENS);
    const int64_t whole = saved(context, 0);

    OK(tokapu_state_copy_restore(whole, context, 1, &copy));
    OK(tokapu_state_copy_next(copy, 1, &left));
    CHECK(left > 0);
    OK(tokapu_memory_seq_rm(context, 1, -1, -1));
    decode_tokens(context, 2, 10, TOKENS / 2); /* in the cells that this freed, where there is one buffer */
    const int64_t before = saved(context, 2);
    refused_and_freed(copy);
    const int64_t after = saved(context, 2);
    check_same(before, after);
    OK(tokapu_state_free(before));
    OK(tokapu_state_free(after));

    /* What is behind it may come and go, and so may other sequences. */
    copy = begun_save(context);
    decode_tokens(context, 0, 10, 3);
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
    OK(tokapu_state_copy_save(context, 0, 0, 0, &copy));
    OK(tokapu_state_copy_next(copy, INT64_MAX, &left));
    OK(tokapu_memory_clear(context, 1));
    OK(tokapu_state_copy_state(copy, &state));
    OK(tokapu_state_copy_free(copy));
    OK(tokapu_state_free(state));
    OK(tokapu_state_free(whole));
    OK(tokapu_context_free(context));
}

/* Takes a state with what another one has of it; *copied: bytes that were copied, but for the first part. */
static int64_t continued(int64_t context, int32_t sequence, int64_t other, int32_t common, int64_t * copied) {
    int64_t copy  = 0;
    int64_t state = 0;
    int64_t left  = 0;
    OK(tokapu_state_copy_save(context, sequence, other, common, &copy));
    OK(tokapu_state_copy_next(copy, 1, copied));
    OK(tokapu_state_copy_next(copy, INT64_MAX, &left));
    CHECK(left == 0);
    OK(tokapu_state_copy_state(copy, &state));
    OK(tokapu_state_copy_free(copy));
    return state;
}

/* What a sequence has after a state was put there, which is freed. */
static int64_t restored(int64_t context, int64_t state, int32_t sequence) {
    OK(tokapu_state_restore(state, context, sequence, 0));
    OK(tokapu_state_free(state));
    return saved(context, sequence);
}

static void check_restores_alike(int64_t context, int64_t state, int64_t whole) {
    const int64_t one   = restored(context, state, 2);
    const int64_t other = restored(context, whole, 2);
    check_same(one, other);
    OK(tokapu_state_free(one));
    OK(tokapu_state_free(other));
}

static int64_t size_of(int64_t state) {
    int64_t size = 0;
    OK(tokapu_state_size(state, &size));
    return size;
}

/* A state that continues others has the bytes of a whole one, though they were freed and only what is new was copied. */
static void test_continued(int64_t model, int32_t unified) {
    const int64_t context = context_of_three(model, unified);
    int64_t       copied  = 0;
    decode_tokens(context, 0, 10, TOKENS);
    const int64_t first = saved(context, 0);
    decode_tokens(context, 0, 20, 20);
    const int64_t second = continued(context, 0, first, TOKENS, &copied);
    CHECK(copied < size_of(first) / 5);
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_state_append(second, "x", 1), "cannot grow");
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_state_append(first, "x", 1), "cannot grow");
    OK(tokapu_state_free(first));
    decode_tokens(context, 0, 30, 20);
    const int64_t third = continued(context, 0, second, TOKENS + 20, &copied);
    CHECK(copied < size_of(second) / 5);
    OK(tokapu_state_free(second));
    CHECK(size_of(third) > TOKENS);
    check_restores_alike(context, third, saved(context, 0));

    /* With less than the other one has, at most an eighth of it for nothing. */
    const int64_t before = saved(context, 0);
    OK(tokapu_memory_seq_rm(context, 0, TOKENS + 30, -1));
    decode_tokens(context, 0, 50, 30);
    check_restores_alike(context, continued(context, 0, before, TOKENS + 30, &copied), saved(context, 0));
    CHECK(copied < size_of(before) / 5);
    check_restores_alike(context, continued(context, 0, before, TOKENS / 2, &copied), saved(context, 0));
    CHECK(copied > size_of(before) / 2);

    /* More than either has. */
    check_restores_alike(context, continued(context, 0, before, 2 * TOKENS, &copied), saved(context, 0));
    CHECK(copied > size_of(before) / 2);
    OK(tokapu_state_free(before));
    OK(tokapu_context_free(context));
}

/* Bytes that are no state of this memory are of no use, and do no harm. */
static void test_continued_from_anything(int64_t model, int32_t unified) {
    const int64_t context = context_of_three(model, unified);
    int64_t       copied  = 0;
    int64_t       size    = 0;
    decode_tokens(context, 0, 10, TOKENS);
    const int64_t first = saved(context, 0);
    char *        bytes = state_bytes(first, &size);
    decode_tokens(context, 0, 20, 20);
    srand(7);
    for (int32_t i = 0; i < 300; i++) {
        int64_t damaged = 0;
        char    before[4];
        /* Most of what is read are the cells at the beginning. */
        const size_t at = (size_t) (rand() % (int) (i % 2 == 0 ? 64 : size - 4)) / 4 * 4;
        memcpy(before, bytes + at, 4);
        const int32_t number = i % 3 == 0 ? rand() : rand() % 1000 - 500;
        memcpy(bytes + at, &number, 4);
        OK(tokapu_state_new(&damaged));
        OK(tokapu_state_append(damaged, bytes, (int32_t) (i % 5 == 0 ? (size_t) rand() % (size_t) size : (size_t) size)));
        memcpy(bytes + at, before, 4);
        const int64_t state = continued(context, 0, damaged, 1 + rand() % TOKENS, &copied);
        OK(tokapu_state_free(damaged));
        OK(tokapu_state_restore(state, context, 2, 0));
        CHECK(sequence_length(context, 2) == TOKENS + 20);
        OK(tokapu_state_free(state));
    }
    free(bytes);
    OK(tokapu_state_free(first));
    OK(tokapu_context_free(context));
}

static void test_arguments(int64_t model) {
    const int64_t context = new_context(model);
    int64_t       state   = 0;
    int64_t       copy    = 0;
    int64_t       left    = 0;
    OK(tokapu_state_new(&state));
    OK(tokapu_state_append(state, "x", 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_save(context, 1000, 0, 0, &copy));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_save(context, 0, 0, 0, NULL));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_copy_save(state, 0, 0, 0, &copy));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_copy_restore(context, context, 0, &copy));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_restore(state, context, -1, &copy));
    EXPECT_ERROR(TOKAPU_ERROR_STATE, tokapu_state_copy_restore(state, context, 0, &copy), "too early");
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_copy_free(state));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_copy_save(context, 0, context, 1, &copy));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_save(context, 0, state, -1, &copy));
    OK(tokapu_state_copy_save(context, 0, state, 5, &copy)); /* of nothing, with nothing */
    OK(tokapu_state_copy_free(copy));
    OK(tokapu_state_copy_save(context, 0, 0, 0, &copy)); /* of nothing */
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_next(copy, 0, &left));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_next(copy, 1, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_state(copy, NULL));
    OK(tokapu_state_copy_free(copy));
    OK(tokapu_state_free(state));
    OK(tokapu_context_free(context));
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    const int64_t model = load_model();
    for (int32_t unified = 0; unified <= 1; unified++) {
        test_parts(model, unified);
        test_changed_while_copied(model, unified);
        test_continued(model, unified);
        test_continued_from_anything(model, unified);
    }
    test_arguments(model);
    OK(tokapu_model_free(model));
    CHECK(live_handles() == 0);
    return 0;
}
