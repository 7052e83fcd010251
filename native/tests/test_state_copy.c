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
    OK(tokapu_state_copy_save(context, 0, &copy));
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
    OK(tokapu_state_copy_save(context, 0, &copy));
    OK(tokapu_state_copy_next(copy, INT64_MAX, &left));
    OK(tokapu_memory_clear(context, 1));
    OK(tokapu_state_copy_state(copy, &state));
    OK(tokapu_state_copy_free(copy));
    OK(tokapu_state_free(state));
    OK(tokapu_state_free(whole));
    OK(tokapu_context_free(context));
}

static void test_arguments(int64_t model) {
    const int64_t context = new_context(model);
    int64_t       state   = 0;
    int64_t       copy    = 0;
    int64_t       left    = 0;
    OK(tokapu_state_new(&state));
    OK(tokapu_state_append(state, "x", 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_save(context, 1000, &copy));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_save(context, 0, NULL));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_copy_save(state, 0, &copy));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_copy_restore(context, context, 0, &copy));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_state_copy_restore(state, context, -1, &copy));
    EXPECT_ERROR(TOKAPU_ERROR_STATE, tokapu_state_copy_restore(state, context, 0, &copy), "too early");
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_state_copy_free(state));
    OK(tokapu_state_copy_save(context, 0, &copy)); /* of nothing */
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
    }
    test_arguments(model);
    OK(tokapu_model_free(model));
    CHECK(live_handles() == 0);
    return 0;
}
