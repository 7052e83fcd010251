/* Sampler chains that run with the outputs of a sequence, here on the CPU as a device. */
#include "support.h"

#include <math.h>

static int64_t model;

static int64_t device_context(void) {
    struct context_options options = small_options();
    int64_t                context = 0;
    options.ints[TOKAPU_CONTEXT_I_N_SEQ_MAX]             = 2;
    options.ints[TOKAPU_CONTEXT_I_N_OUTPUTS_MAX_PER_SEQ] = 1;
    OK(try_context(model, &options, &context));
    return context;
}

static int64_t new_dist(int32_t k, float temperature) {
    int64_t sampler = 0;
    OK(tokapu_sampler_new(model, &sampler));
    OK(tokapu_sampler_add_top_k(sampler, k));
    OK(tokapu_sampler_add_temp(sampler, temperature));
    OK(tokapu_sampler_add_dist(sampler, 42));
    return sampler;
}

static void generate(int64_t context, int64_t sampler, int32_t * tokens, int n) {
    int32_t token = 5;
    OK(tokapu_memory_clear(context, 0));
    for (int i = 0; i < n; i++) {
        OK(tokapu_decode(context, 1, &token, NULL, NULL, NULL, NULL, NULL));
        OK(tokapu_sampler_sample(sampler, context, -1, &token));
        CHECK(token >= 0 && token < 320);
        tokens[i] = token;
    }
}

static int32_t attach(int64_t context, int32_t sequence, int64_t sampler) {
    int32_t attached = -1;
    OK(tokapu_context_set_sampler(context, sequence, sampler, &attached));
    return attached;
}

static void test_same_tokens(void) {
    int32_t       expected[30];
    int32_t       tokens[30];
    const int64_t context = device_context();
    const int64_t greedy  = new_greedy(model);
    generate(context, greedy, expected, 30);
    for (int round = 0; round < 2; round++) { /* a chain can come back and go again */
        CHECK(attach(context, 0, greedy) == 1 && attach(context, 0, greedy) == 1);
        generate(context, greedy, tokens, 30);
        CHECK(memcmp(expected, tokens, sizeof(tokens)) == 0);
        CHECK(attach(context, 0, 0) == 0);
        generate(context, greedy, tokens, 30);
        CHECK(memcmp(expected, tokens, sizeof(tokens)) == 0);
    }
    OK(tokapu_sampler_free(greedy));
    OK(tokapu_context_free(context));
}

/* top_k before greedy: llama.cpp's greedy on a device answers the index of a candidate, so greedy stays with the CPU. */
static void test_partly_attached(void) {
    int32_t       expected[30];
    int32_t       tokens[30];
    char          name[32];
    int32_t       length  = 0;
    int32_t       n       = 0;
    int64_t       sampler = 0;
    const int64_t context = device_context();
    OK(tokapu_sampler_new(model, &sampler));
    OK(tokapu_sampler_add_top_k(sampler, 20));
    OK(tokapu_sampler_add_greedy(sampler));
    generate(context, sampler, expected, 30);
    CHECK(attach(context, 0, sampler) == 2);
    generate(context, sampler, tokens, 30);
    CHECK(memcmp(expected, tokens, sizeof(tokens)) == 0);
    OK(tokapu_sampler_count(sampler, &n));
    CHECK(n == 2);
    OK(tokapu_sampler_name(sampler, 0, name, sizeof(name), &length));
    CHECK(length == 5 && memcmp(name, "top-k", 5) == 0);
    OK(tokapu_sampler_name(sampler, 1, name, sizeof(name), &length));
    CHECK(length == 6 && memcmp(name, "greedy", 6) == 0);
    OK(tokapu_context_free(context));
    OK(tokapu_sampler_free(sampler));
}

static void test_distribution(void) {
    enum { DRAWS = 600 };
    static int32_t counts[2][320];
    const int32_t  first   = 5;
    const int64_t  context = device_context();
    for (int device = 0; device < 2; device++) {
        const int64_t sampler = new_dist(5, 1.0F);
        CHECK(!device || attach(context, 0, sampler) == 1);
        for (int i = 0; i < DRAWS; i++) {
            int32_t token = -1;
            OK(tokapu_memory_clear(context, 0));
            OK(tokapu_decode(context, 1, &first, NULL, NULL, NULL, NULL, NULL));
            OK(tokapu_sampler_sample(sampler, context, -1, &token));
            CHECK(token >= 0 && token < 320);
            counts[device][token]++;
        }
        OK(tokapu_sampler_free(sampler));
    }
    int kinds = 0;
    for (int i = 0; i < 320; i++) {
        CHECK((counts[0][i] == 0) == (counts[1][i] == 0));
        CHECK(fabs((double) (counts[0][i] - counts[1][i])) < 6 * sqrt(2.0 * DRAWS * 0.25)); /* six sigmas */
        kinds += counts[1][i] > 0;
    }
    CHECK(kinds == 5);
    OK(tokapu_context_free(context));
}

static void test_errors(void) {
    int32_t       attached = -7;
    int32_t       token    = 5;
    float         logits[320];
    const int64_t context = device_context();
    const int64_t greedy  = new_greedy(model);
    const int64_t second  = new_greedy(model);
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_sampler(context, 2, greedy, &attached));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_sampler(context, 0, greedy, NULL));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_context_set_sampler(context, 0, context, &attached));
    CHECK(attached == -7);
    OK(tokapu_decode(context, 1, &token, NULL, NULL, NULL, NULL, NULL));
    CHECK(attach(context, 0, greedy) == 1);
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample(greedy, context, -1, &token), "decode again");
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_sampler(context, 0, second, &attached), "another chain");
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_sampler(context, 1, greedy, &attached), "second time");
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_top_k(greedy, 3), "extended");
    OK(tokapu_decode(context, 1, &token, NULL, NULL, NULL, NULL, NULL));
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_logits(context, -1, logits, 320), "stayed on the device");
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample(second, context, -1, &token), "another sampler");
    OK(tokapu_sampler_sample(greedy, context, -1, &token));
    OK(tokapu_sampler_accept(greedy, token));
    OK(tokapu_sampler_reset(greedy));
    const int8_t outputs[2] = { 1, 1 };
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT,
                 tokapu_decode(context, 2, (int32_t[]) { 5, 6 }, NULL, NULL, NULL, NULL, outputs), "at most 1 outputs");
    int64_t clone = 0;
    OK(tokapu_sampler_clone(greedy, &clone)); /* not attached */
    OK(tokapu_sampler_add_greedy(clone));
    OK(tokapu_sampler_free(clone));

    /* the other sequence has its logits */
    OK(tokapu_decode(context, 2, (int32_t[]) { 5, 6 }, NULL, NULL, (int32_t[]) { 1, 1 }, (int32_t[]) { 0, 1 }, outputs));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_logits(context, 0, logits, 320));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_logits(context, -2, logits, 320));
    OK(tokapu_logits(context, 1, logits, 320));
    OK(tokapu_sampler_sample(second, context, 1, &token));
    OK(tokapu_sampler_sample(greedy, context, 0, &token));
    OK(tokapu_sampler_free(greedy)); /* the context goes on with it */
    OK(tokapu_decode(context, 1, &token, NULL, NULL, NULL, NULL, NULL));
    OK(tokapu_context_free(context));
    OK(tokapu_sampler_free(second));
}

static void test_cannot_attach(void) {
    const int64_t context = device_context();
    int64_t       sampler = 0;
    int32_t       attached;
    OK(tokapu_sampler_new(model, &sampler));
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_sampler(context, 0, sampler, &attached), "select");
    OK(tokapu_sampler_add_grammar(sampler, "root ::= [a-z]+", 15, "root", 4));
    OK(tokapu_sampler_add_greedy(sampler));
    CHECK(attach(context, 0, sampler) == 0);
    OK(tokapu_sampler_free(sampler));
    sampler = new_dist(1000, 1.0F); /* more than there are tokens: llama.cpp asserts */
    CHECK(attach(context, 0, sampler) == 0);
    int32_t tokens[5];
    generate(context, sampler, tokens, 5);
    OK(tokapu_sampler_free(sampler));
    OK(tokapu_sampler_new(model, &sampler));
    OK(tokapu_sampler_add_mirostat_v2(sampler, 1, 5, 0.1F));
    CHECK(attach(context, 0, sampler) == 0);
    const int64_t other  = load_model();
    const int64_t greedy = new_greedy(other);
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_sampler(context, 0, greedy, &attached), "different models");
    OK(tokapu_sampler_free(greedy));
    OK(tokapu_model_free(other));
    OK(tokapu_sampler_free(sampler));
    OK(tokapu_context_free(context));
}

/* The context goes first: the chain is free again. */
static void test_context_first(void) {
    int32_t       tokens[5];
    int64_t       context = device_context();
    const int64_t sampler = new_dist(20, 0.8F);
    CHECK(attach(context, 1, sampler) == 1);
    OK(tokapu_context_free(context));
    context = device_context();
    generate(context, sampler, tokens, 5);
    CHECK(attach(context, 0, sampler) == 1);
    generate(context, sampler, tokens, 5);
    OK(tokapu_context_free(context));
    OK(tokapu_sampler_add_greedy(sampler));
    OK(tokapu_sampler_free(sampler));
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    model = load_model();
    test_same_tokens();
    test_partly_attached();
    test_distribution();
    test_errors();
    test_cannot_attach();
    test_context_first();
    OK(tokapu_model_free(model));
    CHECK(live_handles() == 0);
    return 0;
}
