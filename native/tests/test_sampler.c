/* Sampler chains and grammars. */
#include "support.h"

#include <math.h>

static int64_t model;
static int64_t context;

static int64_t new_chain(void) {
    int64_t sampler = 0;
    OK(tokapu_sampler_new(model, &sampler));
    return sampler;
}

static int32_t add_grammar(int64_t sampler, const char * grammar) {
    return tokapu_sampler_add_grammar(sampler, grammar, (int32_t) strlen(grammar), "root", 4);
}

static int32_t add_lazy(int64_t sampler, const char * grammar, const char * pattern) {
    return tokapu_sampler_add_grammar_lazy(sampler, grammar, (int32_t) strlen(grammar), "root", 4, pattern, 1, NULL, 0);
}

static int32_t token_of(char byte) {
    return 3 + (unsigned char) byte;
}

static void decode_one(void) {
    const int32_t token = 7;
    OK(tokapu_memory_clear(context, 0));
    OK(tokapu_decode(context, 1, &token, NULL, NULL, NULL, NULL, NULL));
}

static void test_every_sampler(void) {
    int64_t sampler = new_chain();
    int32_t n       = 0;
    int32_t token   = 0;
    char    name[64];
    OK(tokapu_sampler_seed(sampler, &n));
    CHECK(n == -1);
    OK(tokapu_sampler_add_logit_bias(sampler, (int32_t[]) { 5, 6 }, (float[]) { 1.0F, -INFINITY }, 2));
    OK(tokapu_sampler_add_penalties(sampler, 64, 1.1F, 0.1F, 0.1F));
    OK(tokapu_sampler_add_dry(sampler, 0.8F, 1.75F, 2, 64, "\n\0:\0", 2));
    OK(tokapu_sampler_add_top_n_sigma(sampler, 2.0F));
    OK(tokapu_sampler_add_top_k(sampler, 40));
    OK(tokapu_sampler_add_typical(sampler, 0.9F, 1));
    OK(tokapu_sampler_add_top_p(sampler, 0.95F, 1));
    OK(tokapu_sampler_add_min_p(sampler, 0.01F, 1));
    OK(tokapu_sampler_add_xtc(sampler, 0.5F, 0.1F, 1, 3));
    OK(tokapu_sampler_add_temp(sampler, 0.8F));
    OK(tokapu_sampler_add_temp_ext(sampler, 0.8F, 0.2F, 1.0F));
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample(sampler, context, -1, &token), "does not select");
    OK(tokapu_sampler_add_dist(sampler, 1234));
    OK(tokapu_sampler_count(sampler, &n));
    CHECK(n == 12);
    OK(tokapu_sampler_name(sampler, 4, name, 64, &n));
    CHECK(n == 5 && memcmp(name, "top-k", 5) == 0);
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_name(sampler, 12, name, 64, &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_name(sampler, -1, name, 64, &n));
    OK(tokapu_sampler_seed(sampler, &n));
    CHECK(n == 1234);

    int64_t clone = 0;
    OK(tokapu_sampler_clone(sampler, &clone));
    for (int i = 0; i < 20; i++) {
        int32_t other = -1;
        decode_one();
        OK(tokapu_sampler_sample(sampler, context, -1, &token));
        OK(tokapu_sampler_sample(clone, context, 0, &other));
        CHECK(token == other && token >= 0 && token < 320 && token != 6);
    }
    OK(tokapu_sampler_free(clone));
    OK(tokapu_sampler_reset(sampler));
    OK(tokapu_sampler_free(sampler));

    for (int kind = 0; kind < 4; kind++) {
        sampler = new_chain();
        OK(kind == 0 ? tokapu_sampler_add_greedy(sampler) :
           kind == 1 ? tokapu_sampler_add_mirostat(sampler, 1, 5.0F, 0.1F, 100) :
           kind == 2 ? tokapu_sampler_add_mirostat_v2(sampler, 1, 5.0F, 0.1F) :
                       tokapu_sampler_add_adaptive_p(sampler, 0.5F, 0.9F, 1));
        for (int i = 0; i < 5; i++) {
            decode_one();
            OK(tokapu_sampler_sample(sampler, context, -1, &token));
        }
        OK(tokapu_sampler_free(sampler));
    }
}

static void test_bad_values(void) {
    const int64_t s     = new_chain();
    const int32_t token = 320;
    const float   bias  = NAN;
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_top_p(s, NAN, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_top_p(s, 1.5F, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_top_p(s, 0.5F, -1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_min_p(s, -0.1F, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_typical(s, NAN, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_temp(s, NAN));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_temp(s, INFINITY));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_temp_ext(s, 1, NAN, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_xtc(s, 2, 0.1F, 1, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_top_n_sigma(s, NAN));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_mirostat(s, 1, -1, 0.1F, 100));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_mirostat(s, 1, 5, 0.1F, 0));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_mirostat_v2(s, 1, NAN, 0.1F));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_penalties(s, -2, 1.1F, 0, 0));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_penalties(s, INT32_MAX, 1.1F, 0, 0));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_penalties(s, 64, 0, 0, 0));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_penalties(s, 64, 1, INFINITY, 0));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_dry(s, NAN, 1.75F, 2, 64, NULL, 0));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_dry(s, 0.8F, 1.75F, 2, 64, NULL, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_adaptive_p(s, 2.0F, 0.9F, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_adaptive_p(s, 0.5F, 1.0F, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_logit_bias(s, &token, (float[]) { 1 }, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_logit_bias(s, (int32_t[]) { 1 }, &bias, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_accept(s, -1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_accept(s, 320));
    int32_t n = -1;
    OK(tokapu_sampler_count(s, &n));
    CHECK(n == 0);
    OK(tokapu_sampler_free(s));
}

/* What the chains choose together is what each chooses alone, on one thread and on several. */
static void test_sample_many(void) {
    enum { N = 9 };
    int64_t together[N];
    int64_t alone[N];
    int32_t indices[N];
    int32_t tokens[N];
    int32_t statuses[N];
    for (int i = 0; i < N; i++) {
        together[i] = new_chain();
        if (i == 4) {
            OK(add_grammar(together[i], "root ::= [a-z]+"));
        }
        if (i > 0) {
            OK(tokapu_sampler_add_top_k(together[i], 20 * i));
        }
        OK(i % 3 == 0 ? tokapu_sampler_add_greedy(together[i]) : tokapu_sampler_add_dist(together[i], i));
        OK(tokapu_sampler_clone(together[i], &alone[i]));
    }
    const int32_t input[3] = { 7, 8, 9 };
    const int8_t  outputs[3] = { 1, 0, 1 };
    for (int32_t n_threads = 1; n_threads <= 8; n_threads++) {
        OK(tokapu_memory_clear(context, 0));
        OK(tokapu_decode(context, 3, input, NULL, NULL, NULL, NULL, outputs));
        for (int i = 0; i < N; i++) {
            indices[i] = i % 2 == 0 ? 2 : 0;
        }
        OK(tokapu_sampler_sample_many(context, N, together, indices, n_threads, tokens, statuses));
        for (int i = 0; i < N; i++) {
            int32_t token = -1;
            OK(tokapu_sampler_sample(alone[i], context, indices[i], &token));
            CHECK(statuses[i] == TOKAPU_OK && tokens[i] == token);
        }
    }

    /* One that fails does not concern the others. */
    const int64_t fifth = together[5];
    const int64_t eighth = together[8];
    together[5] = together[0];
    together[8] = 12345678;
    indices[3]  = 1;
    OK(tokapu_sampler_sample_many(context, N, together, indices, 4, tokens, statuses));
    for (int i = 0; i < N; i++) {
        const int32_t expected = i == 3 ? TOKAPU_ERROR_ARGUMENT : i == 5 ? TOKAPU_ERROR_BUSY : i == 8 ? TOKAPU_ERROR_HANDLE : TOKAPU_OK;
        CHECK(statuses[i] == expected);
    }
    together[5] = fifth;
    together[8] = eighth;
    OK(tokapu_sampler_sample_many(context, 1, together, indices, 4, tokens, statuses));

    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample_many(context, 0, together, indices, 1, tokens, statuses));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample_many(context, INT32_MAX, together, indices, 1, tokens, statuses));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample_many(context, N, together, indices, 0, tokens, statuses));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample_many(context, N, together, indices, 513, tokens, statuses));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample_many(context, N, NULL, indices, 1, tokens, statuses));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample_many(context, N, together, NULL, 1, tokens, statuses));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample_many(context, N, together, indices, 1, NULL, statuses));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample_many(context, N, together, indices, 1, tokens, NULL));
    for (int i = 0; i < N; i++) {
        OK(tokapu_sampler_free(together[i]));
        OK(tokapu_sampler_free(alone[i]));
    }
}

static void test_sample_needs_logits(void) {
    const int64_t sampler = new_greedy(model);
    int32_t       token   = -5;
    OK(tokapu_memory_clear(context, 0));
    const int64_t fresh = new_context(model);
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample(sampler, fresh, -1, &token), "decode a batch first");
    const int32_t tokens[2] = { 5, 6 };
    OK(tokapu_decode(fresh, 2, tokens, NULL, NULL, NULL, NULL, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample(sampler, fresh, 0, &token));
    CHECK(token == -5);
    OK(tokapu_sampler_sample(sampler, fresh, 1, &token));
    OK(tokapu_context_free(fresh));

    const int64_t other         = load_model();
    const int64_t other_context = new_context(other);
    OK(tokapu_decode(other_context, 2, tokens, NULL, NULL, NULL, NULL, NULL));
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample(sampler, other_context, -1, &token), "different models");
    OK(tokapu_context_free(other_context));
    OK(tokapu_model_free(other));
    OK(tokapu_sampler_free(sampler));
}

static void test_apply(void) {
    const int64_t sampler  = new_chain();
    int32_t       ids[3]   = { 5, 6, 7 };
    float         logits[3] = { 1.0F, 3.0F, 2.0F };
    float         p[3]     = { 0, 0, 0 };
    int32_t       left     = 0;
    int32_t       selected = -2;
    OK(tokapu_sampler_add_top_k(sampler, 2));
    OK(tokapu_sampler_apply(sampler, ids, logits, p, 3, &left, &selected));
    CHECK(left == 2 && selected == -1 && ids[0] == 6 && ids[1] == 7 && logits[0] == 3.0F);
    OK(tokapu_sampler_add_greedy(sampler));
    OK(tokapu_sampler_apply(sampler, ids, logits, p, left, &left, &selected));
    CHECK(selected == 0);
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_apply(sampler, ids, logits, p, 0, &left, &selected));
    ids[0] = 320;
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_apply(sampler, ids, logits, p, 1, &left, &selected));
    ids[0]    = 5;
    logits[0] = NAN;
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_apply(sampler, ids, logits, p, 1, &left, &selected));
    OK(tokapu_sampler_free(sampler));
}

static void test_grammar(void) {
    const int64_t sampler = new_chain();
    int32_t       token   = 0;
    int64_t       clone   = 0;
    OK(add_grammar(sampler, "root ::= \"A\" [BC] \"D\""));
    OK(tokapu_sampler_add_greedy(sampler));
    decode_one();
    OK(tokapu_sampler_sample(sampler, context, -1, &token));
    CHECK(token == token_of('A'));
    OK(tokapu_sampler_clone(sampler, &clone));
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, tokapu_sampler_accept(sampler, token_of('Z')), "does not allow");
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, tokapu_sampler_accept(sampler, token_of('B')), "tokapu_sampler_reset");
    EXPECT(TOKAPU_ERROR_GRAMMAR, tokapu_sampler_sample(sampler, context, -1, &token));
    OK(tokapu_sampler_reset(sampler));
    OK(tokapu_sampler_accept(sampler, token_of('A')));
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, tokapu_sampler_accept(sampler, 2), "end here");
    OK(tokapu_sampler_reset(sampler));
    OK(tokapu_sampler_accept(sampler, token_of('A')));
    OK(tokapu_sampler_accept(sampler, token_of('C')));
    OK(tokapu_sampler_accept(sampler, token_of('D')));
    OK(tokapu_sampler_sample(sampler, context, -1, &token));
    CHECK(token == 2);
    OK(tokapu_sampler_accept(clone, token_of('B'))); /* the clone went its own way */
    OK(tokapu_sampler_free(clone));
    OK(tokapu_sampler_free(sampler));
}

/* The grammar masks the whole vocabulary, wherever it stands, and a chain that leaves none of its tokens is told so. */
static void test_grammar_behind_others(void) {
    int64_t sampler = new_chain();
    int32_t token   = 0;
    OK(tokapu_sampler_add_top_k(sampler, 1));
    OK(add_grammar(sampler, "root ::= \"A\" [BC]"));
    OK(tokapu_sampler_add_greedy(sampler));
    decode_one();
    OK(tokapu_sampler_sample(sampler, context, -1, &token));
    CHECK(token == token_of('A'));
    OK(tokapu_sampler_free(sampler));

    sampler = new_chain();
    OK(add_grammar(sampler, "root ::= \"A\" [BC]"));
    OK(tokapu_sampler_add_logit_bias(sampler, (int32_t[]) { token_of('A') }, (float[]) { -INFINITY }, 1));
    OK(tokapu_sampler_add_greedy(sampler));
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, tokapu_sampler_sample(sampler, context, -1, &token), "the other samplers");
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, tokapu_sampler_sample(sampler, context, -1, &token), "the other samplers");
    OK(tokapu_sampler_accept(sampler, token_of('A')));
    OK(tokapu_sampler_sample(sampler, context, -1, &token));
    CHECK(token == token_of('B') || token == token_of('C'));
    OK(tokapu_sampler_free(sampler));

    sampler = new_chain();
    OK(add_grammar(sampler, "root ::= \"\\x00\""));
    OK(tokapu_sampler_add_greedy(sampler));
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, tokapu_sampler_sample(sampler, context, -1, &token), "no token");
    OK(tokapu_sampler_free(sampler));
}

static void test_bad_grammars(void) {
    const int64_t sampler = new_chain();
    EXPECT(TOKAPU_ERROR_GRAMMAR, add_grammar(sampler, ""));
    EXPECT(TOKAPU_ERROR_GRAMMAR, add_grammar(sampler, "root ::= )"));
    EXPECT(TOKAPU_ERROR_GRAMMAR, add_grammar(sampler, "root = \"a\""));
    EXPECT(TOKAPU_ERROR_GRAMMAR, add_grammar(sampler, "other ::= \"a\""));
    EXPECT(TOKAPU_ERROR_GRAMMAR, add_grammar(sampler, "root ::= missing"));
    EXPECT(TOKAPU_ERROR_GRAMMAR, add_grammar(sampler, "root ::= root \"a\""));
    EXPECT(TOKAPU_ERROR_GRAMMAR, add_grammar(sampler, "root ::= \"a"));
    EXPECT(TOKAPU_ERROR_GRAMMAR, add_grammar(sampler, "root ::= \"a\"{1000000000}"));
    EXPECT(TOKAPU_ERROR_UNSUPPORTED, add_grammar(sampler, "%llguidance {}"));
    EXPECT(TOKAPU_ERROR_GRAMMAR, tokapu_sampler_add_grammar(sampler, "root ::= \"\0\"", 12, "root", 4));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_grammar(sampler, "root ::= \"a\"", 12, "", 0));
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, add_lazy(sampler, "root ::= \"a\"", "(["), "regular expression");
    EXPECT(TOKAPU_ERROR_ARGUMENT,
           tokapu_sampler_add_grammar_lazy(sampler, "root ::= \"a\"", 12, "root", 4, NULL, 0, NULL, 0));
    EXPECT(TOKAPU_ERROR_ARGUMENT,
           tokapu_sampler_add_grammar_lazy(sampler, "root ::= \"a\"", 12, "root", 4, NULL, 0, (int32_t[]) { 320 }, 1));

    const size_t depth = 60000;
    char *       deep  = malloc(2 * depth + 64);
    CHECK(deep != NULL);
    const size_t start = (size_t) sprintf(deep, "root ::= ");
    memset(deep + start, '(', depth);
    strcpy(deep + start + depth, "\"a\"");
    memset(deep + start + depth + 3, ')', depth);
    deep[start + 2 * depth + 3] = '\0';
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, add_grammar(sampler, deep), "256 deep");
    free(deep);
    int32_t n = -1;
    OK(tokapu_sampler_count(sampler, &n));
    CHECK(n == 0);
    OK(add_lazy(sampler, "root ::= \"a\"", "<tool>([\\s\\S]*)"));
    OK(tokapu_sampler_accept(sampler, token_of('Z')));
    OK(tokapu_sampler_free(sampler));
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    model   = load_model();
    context = new_context(model);
    decode_one();
    test_every_sampler();
    test_bad_values();
    test_sample_many();
    test_sample_needs_logits();
    test_apply();
    test_grammar();
    test_grammar_behind_others();
    test_bad_grammars();
    OK(tokapu_context_free(context));
    OK(tokapu_model_free(model));
    CHECK(live_handles() == 0);
    return 0;
}
