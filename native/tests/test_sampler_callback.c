/* Samplers in the caller's code. */
#include "support.h"

#include <math.h>

enum { N_VOCAB = 320, MAX_IDS = 64 };

enum mode {
    WATCH,
    FORCE,    /* keeps token `value` only and selects it */
    REVERSE,  /* likeliest last, and says nothing of an order */
    FAIL,     /* on every event but clone and free */
    NO_CLONE,
    NAN_LOGIT,
    INFINITE,
    NOTHING_LEFT,
    ALL_MASKED,
    BAD_TOKEN,
    BAD_INDEX,
    NOT_SORTED,
    TOO_MANY,
    REENTER,
    NESTED,
    FREE_CHAIN,
};

struct custom {
    enum mode mode;
    int32_t   value;
    int32_t   status; /* of the last call that the callback made */
    int       applied, accepted, resets, clones, freed;
    int32_t   last_token;
    int32_t   n;
};

static struct custom customs[MAX_IDS];
static int           n_customs;
static int64_t       model;
static int64_t       context;
static int64_t       chain;
static int64_t       other_chain;

static int32_t tokens[N_VOCAB + 1];
static float   logits[N_VOCAB + 1];
static float   probabilities[N_VOCAB + 1];

static void reverse(int32_t n) {
    for (int32_t i = 0; i < n / 2; i++) {
        const int32_t token = tokens[i];
        const float   logit = logits[i];
        tokens[i]           = tokens[n - 1 - i];
        logits[i]           = logits[n - 1 - i];
        tokens[n - 1 - i]   = token;
        logits[n - 1 - i]   = logit;
    }
}

static int64_t apply(struct custom * c, int64_t n) {
    int32_t state[TOKAPU_CANDIDATES_COUNT];
    c->applied++;
    c->n = (int32_t) n;
    OK(tokapu_sampler_candidates(tokens, logits, probabilities, (int32_t) n, state));
    CHECK(state[TOKAPU_CANDIDATES_N] == n && state[TOKAPU_CANDIDATES_SELECTED] == -1);
    switch (c->mode) {
        case WATCH:
            EXPECT(TOKAPU_ERROR_BUFFER, tokapu_sampler_candidates(tokens, logits, probabilities, (int32_t) n - 1, state));
            return 0;
        case FAIL:
            return -1;
        case FORCE:
            tokens[0]                         = c->value;
            logits[0]                         = 1;
            state[TOKAPU_CANDIDATES_N]        = 1;
            state[TOKAPU_CANDIDATES_SELECTED] = 0;
            break;
        case REVERSE:
            reverse((int32_t) n);
            state[TOKAPU_CANDIDATES_SORTED] = 0;
            break;
        case NAN_LOGIT:
            logits[n / 2] = NAN;
            break;
        case INFINITE:
            logits[0] = INFINITY;
            break;
        case NOTHING_LEFT:
            state[TOKAPU_CANDIDATES_N] = 0;
            break;
        case ALL_MASKED:
            for (int32_t i = 0; i < n; i++) {
                logits[i] = -INFINITY;
            }
            break;
        case BAD_TOKEN:
            tokens[0] = N_VOCAB;
            break;
        case BAD_INDEX:
            state[TOKAPU_CANDIDATES_SELECTED] = (int32_t) n;
            break;
        case NOT_SORTED:
            logits[n - 1]                   = logits[0] + 1;
            state[TOKAPU_CANDIDATES_SORTED] = 1;
            break;
        case TOO_MANY:
            tokens[n]                  = 1;
            logits[n]                  = 1;
            state[TOKAPU_CANDIDATES_N] = (int32_t) n + 1;
            break;
        case REENTER: {
            int32_t token = 0;
            int32_t left  = 0;
            EXPECT(TOKAPU_ERROR_BUSY, tokapu_sampler_sample(chain, context, -1, &token));
            EXPECT(TOKAPU_ERROR_BUSY, tokapu_sampler_apply(chain, tokens, logits, probabilities, 1, &token, &left));
            EXPECT(TOKAPU_ERROR_BUSY, tokapu_sampler_reset(chain));
            EXPECT(TOKAPU_ERROR_BUSY, tokapu_decode(context, 1, &token, NULL, NULL, NULL, NULL, NULL));
            EXPECT(TOKAPU_ERROR_BUSY, tokapu_logits(context, -1, logits, N_VOCAB));
            return 0;
        }
        case NESTED: {
            int32_t one    = 9;
            float   logit  = 1;
            float   p      = 0;
            int32_t left   = 0;
            int32_t chosen = 0;
            OK(tokapu_sampler_apply(other_chain, &one, &logit, &p, 1, &left, &chosen));
            OK(tokapu_sampler_candidates(tokens, logits, probabilities, N_VOCAB, state));
            CHECK(state[TOKAPU_CANDIDATES_N] == c->n);
            return 0;
        }
        case FREE_CHAIN:
            OK(tokapu_sampler_free(chain));
            OK(tokapu_context_free(context));
            return 0;
        default:
            return 0;
    }
    c->status = tokapu_sampler_set_candidates(tokens, logits, probabilities, state);
    return c->status;
}

static int64_t callback(int64_t user_data, int32_t event, int64_t argument) {
    struct custom * c = &customs[user_data];
    CHECK(c->freed == 0);
    switch (event) {
        case TOKAPU_SAMPLER_APPLY:
            return apply(c, argument);
        case TOKAPU_SAMPLER_ACCEPT:
            c->accepted++;
            c->last_token = (int32_t) argument;
            return c->mode == FAIL ? -1 : 0;
        case TOKAPU_SAMPLER_RESET:
            c->resets++;
            return c->mode == FAIL ? -1 : 0;
        case TOKAPU_SAMPLER_CLONE:
            c->clones++;
            if (c->mode == NO_CLONE) {
                return -1;
            }
            customs[n_customs]       = *c;
            customs[n_customs].freed = 0;
            return n_customs++;
        case TOKAPU_SAMPLER_FREE:
            c->freed++;
            return -1; /* ignored */
        default:
            CHECK(false);
            return -1;
    }
}

static int32_t add(int64_t sampler, enum mode mode, int32_t value, int32_t selects) {
    CHECK(n_customs < MAX_IDS - 8);
    customs[n_customs] = (struct custom) { .mode = mode, .value = value };
    OK(tokapu_sampler_add_callback(sampler, "mine", 4, selects, callback, n_customs));
    return n_customs++;
}

static int64_t new_chain(void) {
    int64_t sampler = 0;
    OK(tokapu_sampler_new(model, &sampler));
    return sampler;
}

static void decode_one(void) {
    const int32_t token = 7;
    OK(tokapu_memory_clear(context, 0));
    OK(tokapu_decode(context, 1, &token, NULL, NULL, NULL, NULL, NULL));
}

static void test_works_in_a_chain(void) {
    const int64_t greedy   = new_greedy(model);
    const int64_t sampler  = new_chain();
    int32_t       expected = 0;
    int32_t       token    = 0;
    int32_t       length   = 0;
    char          name[8];
    decode_one();
    OK(tokapu_sampler_sample(greedy, context, -1, &expected));

    OK(tokapu_sampler_add_top_k(sampler, 3));
    const int32_t watch   = add(sampler, WATCH, 0, 0);
    const int32_t turning = add(sampler, REVERSE, 0, 0);
    OK(tokapu_sampler_add_greedy(sampler));
    OK(tokapu_sampler_name(sampler, 1, name, 8, &length));
    CHECK(length == 4 && memcmp(name, "mine", 4) == 0);
    OK(tokapu_sampler_sample(sampler, context, -1, &token));
    CHECK(token == expected);
    CHECK(customs[watch].applied == 1 && customs[watch].n == 3 && customs[watch].accepted == 1);
    CHECK(customs[turning].applied == 1 && customs[turning].last_token == expected);
    OK(tokapu_sampler_accept(sampler, 5));
    CHECK(customs[watch].accepted == 2 && customs[watch].last_token == 5);
    OK(tokapu_sampler_accept_prompt(sampler, (int32_t[]) { 6, 7 }, 2));
    CHECK(customs[watch].accepted == 2);
    OK(tokapu_sampler_reset(sampler));
    CHECK(customs[watch].resets == 1);
    OK(tokapu_sampler_free(sampler));
    CHECK(customs[watch].freed == 1 && customs[turning].freed == 1);
    OK(tokapu_sampler_free(greedy));

    const int64_t forced = new_chain();
    add(forced, FORCE, 33, 1);
    OK(tokapu_sampler_sample(forced, context, -1, &token));
    CHECK(token == 33);
    OK(tokapu_sampler_free(forced));
}

static void test_clone(void) {
    const int64_t sampler = new_chain();
    const int32_t first   = add(sampler, FORCE, 33, 1);
    int64_t       clone   = 0;
    int32_t       token   = 0;
    OK(tokapu_sampler_clone(sampler, &clone));
    const int32_t second = n_customs - 1;
    CHECK(second != first && customs[first].clones == 1);
    customs[second].value = 44;
    OK(tokapu_sampler_sample(clone, context, -1, &token));
    CHECK(token == 44);
    OK(tokapu_sampler_free(clone));
    CHECK(customs[second].freed == 1 && customs[first].freed == 0);
    OK(tokapu_sampler_sample(sampler, context, -1, &token));
    CHECK(token == 33);
    customs[first].mode = NO_CLONE;
    EXPECT_ERROR(TOKAPU_ERROR_CALLBACK, tokapu_sampler_clone(sampler, &clone), "'mine' failed to copy itself");
    customs[first].mode = FORCE;
    OK(tokapu_sampler_sample(sampler, context, -1, &token));
    OK(tokapu_sampler_free(sampler));
    CHECK(customs[first].freed == 1);
}

/* A failing callback fails the call and poisons nothing; nonsense is refused where it is said. */
static void test_failures(void) {
    const int64_t sampler = new_chain();
    int32_t       token   = -7;
    const int32_t mine    = add(sampler, FAIL, 0, 0);
    OK(tokapu_sampler_add_greedy(sampler));
    EXPECT_ERROR(TOKAPU_ERROR_CALLBACK, tokapu_sampler_sample(sampler, context, -1, &token), "'mine' failed to work");
    EXPECT_ERROR(TOKAPU_ERROR_CALLBACK, tokapu_sampler_accept(sampler, 1), "failed to accept");
    EXPECT_ERROR(TOKAPU_ERROR_CALLBACK, tokapu_sampler_reset(sampler), "first state");
    CHECK(token == -7);
    for (int32_t mode = NAN_LOGIT; mode <= TOO_MANY; mode++) {
        customs[mine].mode   = (enum mode) mode;
        customs[mine].status = TOKAPU_OK;
        EXPECT(TOKAPU_ERROR_CALLBACK, tokapu_sampler_sample(sampler, context, -1, &token));
        CHECK(customs[mine].status == TOKAPU_ERROR_ARGUMENT);
    }
    customs[mine].mode = WATCH;
    OK(tokapu_sampler_sample(sampler, context, -1, &token));
    OK(tokapu_sampler_free(sampler));

    const int64_t lazy = new_chain();
    add(lazy, WATCH, 0, 1); /* says that it selects */
    EXPECT_ERROR(TOKAPU_ERROR_CALLBACK, tokapu_sampler_sample(lazy, context, -1, &token), "selected no token");
    OK(tokapu_sampler_free(lazy));
}

static void test_arguments(void) {
    const int64_t sampler = new_chain();
    int32_t       state[TOKAPU_CANDIDATES_COUNT];
    int32_t       n = 0;
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_callback(sampler, "mine", 4, 0, NULL, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_callback(sampler, "", 0, 0, callback, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_callback(sampler, "mine", 4, 2, callback, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_add_callback(sampler, "mine", 4, 0, callback, -1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_add_callback(0, "mine", 4, 0, callback, 1));
    OK(tokapu_sampler_count(sampler, &n));
    CHECK(n == 0);
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_candidates(tokens, logits, probabilities, N_VOCAB, state),
                 "not inside of a sampler callback");
    state[TOKAPU_CANDIDATES_N] = 1;
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_set_candidates(tokens, logits, probabilities, state));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_candidates(NULL, logits, probabilities, N_VOCAB, state));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_set_candidates(tokens, logits, probabilities, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_accept_prompt(sampler, NULL, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_accept_prompt(sampler, (int32_t[]) { N_VOCAB }, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_accept_prompt(sampler, NULL, -1));
    OK(tokapu_sampler_accept_prompt(sampler, NULL, 0));
    OK(tokapu_sampler_free(sampler));
}

static void test_reentrancy(void) {
    int32_t token = 0;
    chain         = new_chain();
    add(chain, REENTER, 0, 0);
    OK(tokapu_sampler_add_greedy(chain));
    OK(tokapu_sampler_sample(chain, context, -1, &token));
    OK(tokapu_sampler_free(chain));

    other_chain = new_chain();
    add(other_chain, WATCH, 0, 0);
    chain = new_chain();
    add(chain, NESTED, 0, 0);
    OK(tokapu_sampler_add_greedy(chain));
    OK(tokapu_sampler_sample(chain, context, -1, &token));
    OK(tokapu_sampler_free(chain));
    OK(tokapu_sampler_free(other_chain));
}

/* A grammar that refuses the first choice lets the callback work a second time, on what the grammar allows. */
static void test_with_grammar(void) {
    const int64_t sampler = new_chain();
    int32_t       token   = 0;
    const int32_t mine    = add(sampler, WATCH, 0, 0);
    OK(tokapu_sampler_add_grammar(sampler, "root ::= \"A\"", 12, "root", 4));
    OK(tokapu_sampler_add_greedy(sampler));
    OK(tokapu_sampler_sample(sampler, context, -1, &token));
    CHECK(token == 3 + 'A');
    CHECK(customs[mine].applied == 2 && customs[mine].accepted == 1);
    OK(tokapu_sampler_accept_prompt(sampler, (int32_t[]) { 3 + 'Z' }, 1)); /* nothing to the grammar */
    OK(tokapu_sampler_sample(sampler, context, -1, &token));
    CHECK(token == 2);
    OK(tokapu_sampler_free(sampler));
}

/* Attaching moves the chain; the callback stays the same object, and what stands before it runs on the device. */
static void test_attached(void) {
    struct context_options options   = small_options();
    const int64_t          on_cpu    = new_chain();
    const int64_t          on_device = new_chain();
    int64_t                fresh     = 0;
    int32_t                extent    = -1;
    int32_t                a         = 0;
    int32_t                b         = 0;
    options.ints[TOKAPU_CONTEXT_I_N_OUTPUTS_MAX_PER_SEQ] = 1;
    OK(try_context(model, &options, &fresh));
    OK(tokapu_sampler_add_top_k(on_cpu, 8));
    OK(tokapu_sampler_add_top_k(on_device, 8));
    add(on_cpu, REVERSE, 0, 0);
    const int32_t mine = add(on_device, REVERSE, 0, 0);
    OK(tokapu_sampler_add_greedy(on_cpu));
    OK(tokapu_sampler_add_greedy(on_device));
    const int32_t first = 7;
    OK(tokapu_context_set_sampler(fresh, 0, on_device, &extent));
    CHECK(extent == 2);
    for (int i = 0; i < 8; i++) {
        decode_one();
        OK(tokapu_memory_clear(fresh, 0));
        OK(tokapu_decode(fresh, 1, &first, NULL, NULL, NULL, NULL, NULL));
        OK(tokapu_sampler_sample(on_cpu, context, -1, &a));
        OK(tokapu_sampler_sample(on_device, fresh, -1, &b));
        CHECK(a == b && customs[mine].n == 8);
    }
    OK(tokapu_context_set_sampler(fresh, 0, 0, &extent));
    OK(tokapu_sampler_reset(on_device));
    CHECK(customs[mine].applied == 8 && customs[mine].resets == 1 && customs[mine].clones == 0 && customs[mine].freed == 0);
    OK(tokapu_sampler_free(on_cpu));
    OK(tokapu_sampler_free(on_device));
    CHECK(customs[mine].freed == 1);
    OK(tokapu_context_free(fresh));
}

/* Freed from inside, chain and context live until the call has ended. */
static void test_freed_from_inside(void) {
    const int64_t kept  = context;
    int32_t       token = -1;
    context             = new_context(model);
    decode_one();
    chain              = new_chain();
    const int32_t mine = add(chain, FREE_CHAIN, 0, 0);
    OK(tokapu_sampler_add_greedy(chain));
    OK(tokapu_sampler_sample(chain, context, -1, &token));
    CHECK(token >= 0 && customs[mine].accepted == 1 && customs[mine].freed == 1);
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_sampler_reset(chain));
    context = kept;
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    model   = load_model();
    context = new_context(model);
    decode_one();
    test_works_in_a_chain();
    test_clone();
    test_failures();
    test_arguments();
    test_reentrancy();
    test_with_grammar();
    test_attached();
    test_freed_from_inside();
    OK(tokapu_context_free(context));
    OK(tokapu_model_free(model));
    for (int i = 0; i < n_customs; i++) {
        CHECK(customs[i].freed == 1);
    }
    CHECK(live_handles() == 0);
    return 0;
}
