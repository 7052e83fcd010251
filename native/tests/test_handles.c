/* Every function with a handle that was never given, was freed or is of another kind; and with NULL out-parameters. */
#include "support.h"

static int64_t handles[6];
static int     n_handles;

#define TEXT(call_with_text)                                     \
    do {                                                         \
        char    buf[64];                                         \
        int32_t length = 0;                                      \
        EXPECT(TOKAPU_ERROR_HANDLE, call_with_text);             \
        (void) buf;                                              \
        (void) length;                                           \
    } while (0)

static void test_model_functions(int64_t h) {
    int64_t info[TOKAPU_MODEL_INFO_COUNT];
    int64_t id    = 0;
    int32_t value = 0;
    int32_t token = 5;
    float   score = 0;
    const struct context_options options = small_options();
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_model_info(h, info, TOKAPU_MODEL_INFO_COUNT));
    TEXT(tokapu_model_description(h, buf, 64, &length));
    TEXT(tokapu_model_meta_key(h, 0, buf, 64, &length));
    TEXT(tokapu_model_meta_value(h, 0, buf, 64, &length));
    TEXT(tokapu_model_cls_label(h, 0, buf, 64, &length));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_tokenize(h, "a", 1, 1, 0, &value, 1, &value));
    TEXT(tokapu_detokenize(h, &token, 1, 0, 0, buf, 64, &length));
    TEXT(tokapu_token_piece(h, 5, 0, buf, 64, &length));
    TEXT(tokapu_token_text(h, 5, buf, 64, &length));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_token_attributes(h, 5, &value));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_token_score(h, 5, &score));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_token_is_eog(h, 5, &value));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_token_is_control(h, 5, &value));
    EXPECT(TOKAPU_ERROR_HANDLE, try_context(h, &options, &id));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_context_new_mtp(h, options.ints, TOKAPU_CONTEXT_I_COUNT, options.floats,
                                                       TOKAPU_CONTEXT_F_COUNT, &id));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_context_new_eagle3(h, h, options.ints, TOKAPU_CONTEXT_I_COUNT, options.floats,
                                                          TOKAPU_CONTEXT_F_COUNT, &id));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_new(h, &id));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_chat_template_new(h, NULL, 0, &id));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_model_free(h));
    CHECK(id == 0);
}

static void test_context_functions(int64_t h) {
    int64_t info[TOKAPU_CONTEXT_INFO_COUNT];
    int32_t token = 5;
    float   floats[4];
    int32_t n = 0;
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_context_info(h, info, TOKAPU_CONTEXT_INFO_COUNT));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_context_set_threads(h, 1, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_context_set_embeddings(h, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_context_set_causal_attention(h, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_context_set_hidden_states(h, 1, 0));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_decode(h, 1, &token, NULL, NULL, NULL, NULL, NULL));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_decode_hidden(h, 1, &token, NULL, NULL, NULL, NULL, h, &token));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_encode(h, 1, &token, NULL, NULL, NULL, NULL, NULL));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_context_abort(h, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_logits(h, -1, floats, 4));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_embeddings(h, -1, floats, 4, &n));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_embeddings_seq(h, 0, floats, 4, &n));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_memory_clear(h, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_memory_seq_rm(h, 0, -1, -1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_memory_seq_cp(h, 0, 0, -1, -1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_memory_seq_keep(h, 0));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_memory_seq_add(h, 0, -1, -1, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_memory_seq_div(h, 0, -1, -1, 2));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_memory_seq_range(h, 0, &n, &n));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_context_free(h));
}

static void test_sampler_functions(int64_t h, int64_t context) {
    int64_t id    = 0;
    int32_t value = 0;
    int32_t token = 5;
    float   logit = 0;
    float   p     = 0;
    const int32_t minus_one = -1;
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_clone(h, &id));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_greedy(h));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_dist(h, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_top_k(h, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_top_p(h, 0.5F, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_min_p(h, 0.5F, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_typical(h, 0.5F, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_temp(h, 0.5F));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_temp_ext(h, 0.5F, 0.1F, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_xtc(h, 0.5F, 0.1F, 1, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_top_n_sigma(h, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_mirostat(h, 1, 5, 0.1F, 100));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_mirostat_v2(h, 1, 5, 0.1F));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_grammar(h, "root ::= \"a\"", 12, "root", 4));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_grammar_lazy(h, "root ::= \"a\"", 12, "root", 4, "x", 1, NULL, 0));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_penalties(h, 64, 1.1F, 0, 0));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_dry(h, 0.8F, 1.75F, 2, 64, "\n", 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_adaptive_p(h, 0.5F, 0.9F, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_logit_bias(h, &token, &logit, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_infill(h));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_sample(h, context, -1, &value));
    OK(tokapu_sampler_sample_many(context, 1, &h, &minus_one, 1, &token, &value));
    CHECK(value == TOKAPU_ERROR_HANDLE);
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_sample_many(h, 1, &h, &minus_one, 1, &token, &value));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_apply(h, &token, &logit, &p, 1, &value, &value));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_accept(h, 5));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_reset(h));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_seed(h, &value));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_count(h, &value));
    TEXT(tokapu_sampler_name(h, 0, buf, 64, &length));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_free(h));
}

static void test_template_functions(int64_t h) {
    TEXT(tokapu_chat_template_source(h, buf, 64, &length));
    TEXT(tokapu_chat_template_caps(h, buf, 64, &length));
    TEXT(tokapu_chat_template_apply(h, "{}", 2, buf, 64, &length));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_chat_template_free(h));
}

static void test_null_arguments(int64_t model, int64_t context, int64_t sampler, int64_t template) {
    char          buf[64];
    int32_t       n   = 0;
    const int32_t row = 0;
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_last_error(buf, 64, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_llama_version(buf, 64, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_llama_version(NULL, 64, &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_llama_version(buf, -1, &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_log_set(NULL, 0));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_log_set(NULL, 5));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_backend_init(NULL, 3, NULL, 0, TOKAPU_NUMA_NONE));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_backend_init("", 0, NULL, 0, TOKAPU_NUMA_NONE));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_backend_numa(NULL, &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_backend_numa(&n, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_backend_performance_cores(NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_backend_cpu_variants(NULL, 0, buf, 64, &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_model_defaults(NULL, TOKAPU_MODEL_I_COUNT));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_model_load(NULL, 1, NULL, 0, NULL, 0, 0, NULL, 0, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_model_info(model, NULL, TOKAPU_MODEL_INFO_COUNT));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_tokenize(model, NULL, 3, 0, 0, NULL, 0, &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_tokenize(model, "a", 1, 0, 0, NULL, 0, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_detokenize(model, NULL, 1, 0, 0, buf, 64, &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_token_score(model, 1, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_defaults(NULL, TOKAPU_CONTEXT_I_COUNT, NULL, 0));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_new(model, NULL, 0, NULL, 0, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_info(context, NULL, 0));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_decode(context, 1, NULL, NULL, NULL, NULL, NULL, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_new_mtp(model, NULL, 0, NULL, 0, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_new_eagle3(model, context, NULL, 0, NULL, 0, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_decode_hidden(context, 1, NULL, NULL, NULL, NULL, NULL, context, &row));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_decode_hidden(context, 1, &row, NULL, NULL, NULL, NULL, context, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_logits(context, -1, NULL, 0));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_memory_seq_range(context, 0, NULL, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_new(model, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_clone(sampler, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample(sampler, context, -1, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_apply(sampler, NULL, NULL, NULL, 1, &n, &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_grammar(sampler, NULL, 3, "root", 4));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_logit_bias(sampler, NULL, NULL, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_name(sampler, 0, buf, 64, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_chat_template_new(model, NULL, 0, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_chat_template_apply(template, NULL, 3, buf, 64, &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_live_handles(NULL));
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    const int64_t model    = load_model();
    const int64_t context  = new_context(model);
    const int64_t sampler  = new_greedy(model);
    int64_t       template = 0;
    OK(tokapu_chat_template_new(model, NULL, 0, &template));
    int64_t freed = 0;
    OK(tokapu_sampler_new(model, &freed));
    OK(tokapu_sampler_free(freed));
    CHECK(live_handles() == 4);

    const int64_t all[6] = { 0, -1, INT64_MAX, INT64_MIN, freed, 999999 };
    memcpy(handles, all, sizeof(all));
    n_handles = 6;
    for (int i = 0; i < n_handles; i++) {
        test_model_functions(handles[i]);
        test_context_functions(handles[i]);
        test_sampler_functions(handles[i], context);
        test_template_functions(handles[i]);
    }
    test_model_functions(context);
    test_context_functions(sampler);
    test_sampler_functions(template, context);
    test_template_functions(model);
    int32_t token = 0;
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_sample(sampler, model, -1, &token));
    test_null_arguments(model, context, sampler, template);

    CHECK(live_handles() == 4);
    OK(tokapu_model_free(model));
    EXPECT_ERROR(TOKAPU_ERROR_HANDLE, tokapu_model_free(model), "not a live model");
    OK(tokapu_sampler_free(sampler));
    OK(tokapu_chat_template_free(template));
    OK(tokapu_context_free(context));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_context_free(context));
    CHECK(live_handles() == 0);
    return 0;
}
