/* Grammars: hostile ones are refused in bounded time, all others mean what they mean to llama.cpp. */
#include "support.h"
#include "tiny_gguf.h"

#include "llama.h"

#include <math.h>
#include <pthread.h>

#define N_VOCAB 320

static int64_t model;

static int32_t token_of(char c) {
    return 3 + (unsigned char) c;
}

static int64_t new_chain(void) {
    int64_t sampler = 0;
    OK(tokapu_sampler_new(model, &sampler));
    return sampler;
}

static int32_t add(int64_t sampler, const char * grammar) {
    return tokapu_sampler_add_grammar(sampler, grammar, (int32_t) strlen(grammar), "root", 4);
}

static int32_t add_lazy(int64_t sampler, const char * pattern) {
    const char grammar[] = "root ::= \"<\" [a-z]* \">\"";
    return tokapu_sampler_add_grammar_lazy(sampler, grammar, (int32_t) strlen(grammar), "root", 4, pattern, 1, NULL, 0);
}

static int32_t accept_text(int64_t sampler, const char * text) {
    for (; *text != '\0'; text++) {
        const int32_t status = tokapu_sampler_accept(sampler, token_of(*text));
        if (status != TOKAPU_OK) {
            return status;
        }
    }
    return TOKAPU_OK;
}

/* Which tokens are allowed now. */
static int32_t allowed(int64_t sampler, bool * mask) {
    int32_t ids[N_VOCAB];
    float   logits[N_VOCAB];
    float   p[N_VOCAB] = { 0 };
    int32_t left       = 0;
    int32_t selected   = 0;
    for (int32_t i = 0; i < N_VOCAB; i++) {
        ids[i]    = i;
        logits[i] = 1;
    }
    const int32_t status = tokapu_sampler_apply(sampler, ids, logits, p, N_VOCAB, &left, &selected);
    for (int32_t i = 0; i < N_VOCAB; i++) {
        mask[ids[i]] = !isinf(logits[i]);
    }
    return status;
}

static void test_messages(void) {
    static const struct {
        const char * grammar;
        const char * words;
    } bad[] = {
        { "root ::= \"a\"\nroot2 := \"b\"", "line 2, column 7: expected ::=, at ':= \"b\"'" },
        { "root ::= \"a\"{5,3}", "{5,3} has a largest count below its smallest" },
        { "root ::= \"a\"{ 5 , 3 }", "{5,3}" },
        { "root ::= (\"a\"{ 5 #c\r , 3 })", "{5,3}" },
        { "root ::= \"a\"{2001}", "more than 2000" },
        { "root ::= \"a\"{0,99999999999999999999999999}", "more than 2000" },
        { "root ::= \"a\"{1000}{3}", "exceeds sane defaults" },
        { "root ::= *", "expected an item" },
        { "root ::= \"\"*", "expected an item" },
        { "root ::= [^]", "class is empty" },
        { "root ::= [a", "no end" },
        { "root ::= \"\\q\"", "unknown escape" },
        { "root ::= \"\\u12\"", "hexadecimal" },
        { "root ::= (\"a\"", "expected ), at its end" },
        { "root ::= (\"a\" )*)\nx ::= \"\"", "expected the end of the rule, at ')'" },
        { "root ::= [a-\n", "no end, at its end" },
        { "root =\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4",
          "\xc3\xa4'.." },
        { "root ::= <[99999999999]>", "there is no token" },
        { "root ::= <[320]>", "the vocabulary has 320" },
        { "root ::= <[>", "expected a token" },
        { "root ::= !", "expected <" },
        { "root ::= <no such token>", "cannot be parsed" },
        { "root ::= <", "no end" },
        { "root ::= \"\xc3\"", "not UTF-8: byte 10" },
        { "root ::= \"\xed\xa0\x80\"", "not UTF-8" },
        { "root ::= root \"a\" | \"b\"", "'root' begins with itself" },
        { "root ::= a\na ::= b? c\nb ::= \"b\"\nc ::= a", "begins with itself" },
        { "root ::= x*\nx ::= y*\ny ::= \"\"", "repeats what may be empty" },
        { "root ::= (\"a\"?)*", "repeats what may be empty" },
        { "root ::= ()*", "repeats what may be empty" },
        { "root ::= \"a\" b", "'b' but does not define it" },
        { "rooot ::= \"a\"", "does not define its root rule 'root'" },
        { "# only a comment\r\n", "does not define its root rule" },
        { "root ::= \"a\" )", "expected the end of the rule" },
    };
    const int64_t sampler = new_chain();
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, add(sampler, bad[i].grammar), bad[i].words);
    }
    /* A comment ends at a carriage return as well, and what looks like a bracket need not be one. */
    OK(add(sampler, "root ::= ( \"a\" # (((\r| [(] | \"(\" | [\\]] # \"\n)"));
    OK(add(sampler, "root ::= <[5]> | !<[6]> | </s> | ()"));
    OK(tokapu_sampler_free(sampler));
}

/* before, then n times middle (%d is counted), then after; the caller frees it. */
static char * repeated(const char * before, const char * middle, int n, const char * after) {
    char *       text   = malloc(strlen(before) + (strlen(middle) + 20) * (size_t) n + strlen(after) + 1);
    char *       end    = text + sprintf(text, "%s", before);
    const char * number = strstr(middle, "%d");
    for (int i = 0; i < n; i++) {
        end += number == NULL ? sprintf(end, "%s", middle)
                              : sprintf(end, "%.*s%d%s", (int) (number - middle), middle, i, number + 2);
    }
    sprintf(end, "%s", after);
    return text;
}

static void refused(const char * words, const char * before, const char * middle, int n, const char * after) {
    const int64_t sampler = new_chain();
    char *        grammar = repeated(before, middle, n, after);
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, add(sampler, grammar), words);
    OK(tokapu_sampler_free(sampler));
    free(grammar);
}

static void test_sizes(void) {
    refused("256 deep", "root ::= ", "(", 100000, "");
    refused("256 deep", "root ::= ", "<[5]> (", 100000, "");
    refused("has 1048589 bytes", "root ::= \"a\" #", "x", 1048576 - 1, "");
    refused("more than 4096 rules", "root ::= \"a\"\n", "r%d ::= \"a\"\n", 4096, "");
    refused("524288 elements", "root ::= \"", "a", 1000, "\"{2000}");
    refused("524288 elements", "root ::= ", "[a-z]{0,2000} ", 100, "");
    refused("names of its rules", "", "r", 100000, " ::= (((((((((\"a\"{0,2000})))))))))\nroot ::= \"a\"");
    refused("more than 4096 ways", "root ::= ", "\"%d\" | ", 5000, "\"a\"");
}

/* 2^30 of them; llama.cpp's search for left recursion would walk all. */
static void test_many_beginnings(void) {
    char    grammar[4000];
    char *  end = grammar + sprintf(grammar, "root ::= r0\nr30 ::= \"a\"\n");
    for (int i = 0; i < 30; i++) {
        end += sprintf(end, "r%d ::= r%d \"x\" | r%d \"y\"\n", i, i + 1, i + 1);
    }
    const int64_t sampler = new_chain();
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, add(sampler, grammar), "more than 4096 ways");
    OK(tokapu_sampler_free(sampler));
}

/* Each character doubles the ways in which the text can be read. */
static void test_ambiguous_growth(void) {
    const int64_t sampler = new_chain();
    int32_t       status  = TOKAPU_OK;
    bool          mask[N_VOCAB];
    OK(add(sampler, "root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"d\""));
    for (int i = 0; i < 40 && status == TOKAPU_OK; i++) {
        status = accept_text(sampler, "a");
    }
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, status, "too many ways");
    OK(allowed(sampler, mask)); /* as it was before */
    CHECK(mask[token_of('a')] && mask[token_of('d')] && !mask[token_of('b')]);
    OK(tokapu_sampler_reset(sampler));
    OK(accept_text(sampler, "aadcb"));
    OK(tokapu_sampler_accept(sampler, 2));
    OK(tokapu_sampler_free(sampler));
}

static void test_deep_texts(void) {
    const int64_t sampler = new_chain();
    int64_t       clone   = 0;
    OK(add(sampler, "root ::= \"(\" root \")\" | \"x\""));
    for (int i = 0; i < 20000; i++) {
        OK(accept_text(sampler, "("));
    }
    OK(tokapu_sampler_clone(sampler, &clone));
    OK(accept_text(sampler, "x))"));
    OK(accept_text(clone, "(x)"));
    OK(tokapu_sampler_free(clone));
    OK(tokapu_sampler_free(sampler));
}

/* --- lazy grammars */

static void * test_lazy(void * unused) {
    (void) unused;
    static const char * const bad[] = { "(", "[", "a{3", "*", "\\", "(a)\\1", "(?<=a)b", "a{1,3000}", "(((a{60}){60}){60})" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const int64_t sampler = new_chain();
        EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, add_lazy(sampler, bad[i]), bad[i]);
        OK(tokapu_sampler_free(sampler));
    }
    char *        deep    = repeated("", "(", 1001, "");
    char *        nested  = repeated("", "(a?", 240, "");
    char *        options = repeated("", "a?", 490, "!");
    const int64_t sampler = new_chain();
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, add_lazy(sampler, deep), "at most 1000");
    EXPECT(TOKAPU_ERROR_GRAMMAR, add_lazy(sampler, nested));
    OK(add_lazy(sampler, "(a+)+$!"));  /* exponential where matching backtracks */
    OK(add_lazy(sampler, options));    /* as many states as there may be */
    OK(add_lazy(sampler, "[\\s\\S]*(tool)!"));
    OK(add_lazy(sampler, "^([^t]|t(?!ool))*!$"));
    for (int i = 0; i < 50; i++) {
        OK(accept_text(sampler, "aaaaa"));
    }
    OK(tokapu_sampler_free(sampler));
    free(options);
    free(nested);
    free(deep);
    return NULL;
}

static void test_lazy_meaning(void) {
    bool mask[N_VOCAB];
    const struct {
        const char * pattern;
        const char * before;
        bool         starts;
    } cases[] = {
        { "<", "text <", true },
        { "(<)a", "text <a", true },
        { "x(<)|(<a)", "<<a", true },
        { "^<", "a<", false },
        { "^<", "<", true },
        { "^[\\s\\S]*?(<)[\\s\\S]*$", "ab<a", true },
        { "^a(<)$", "a<", true },
        { "b(<)$", "ab<", true },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const int64_t sampler = new_chain();
        OK(add_lazy(sampler, cases[i].pattern));
        OK(accept_text(sampler, cases[i].before));
        OK(allowed(sampler, mask));
        CHECK(mask[token_of('!')] == !cases[i].starts && mask[token_of('>')]);
        OK(tokapu_sampler_free(sampler));
    }
    /* Long after the beginning: ^ is the beginning of the output, and not of the part that patterns see. */
    const int64_t sampler = new_chain();
    OK(add_lazy(sampler, "^<"));
    OK(accept_text(sampler, "a"));
    for (int i = 0; i < 3000; i++) {
        OK(accept_text(sampler, "<"));
    }
    OK(allowed(sampler, mask));
    CHECK(mask[token_of('!')]);
    OK(tokapu_sampler_reset(sampler));
    OK(accept_text(sampler, "<"));
    OK(allowed(sampler, mask));
    CHECK(!mask[token_of('!')]);
    OK(tokapu_sampler_free(sampler));
    const int64_t late = new_chain();
    OK(add_lazy(late, "^[\\s\\S]*?(<a)"));
    for (int i = 0; i < 3000; i++) {
        OK(accept_text(late, "a"));
    }
    OK(accept_text(late, "<a>"));
    OK(tokapu_sampler_accept(late, 2));
    OK(tokapu_sampler_free(late));
}

/* --- the same as llama.cpp */

static uint32_t seed = 1;

static int pick(int n) {
    seed = seed * 1664525U + 1013904223U;
    return (int) ((seed >> 8U) % (uint32_t) n);
}

static void random_sequence(char ** end, int depth, int rule);

static void random_item(char ** end, int depth, int rule) {
    static const char * const items[] = { "\"a\"", "\"ab\"", "[ab]", "[^a]", "[a-c]", ".", "\"the\"", "\"\xc3\xa9\"", "!<[100]>", "<[101]>", "\"t\" root" };
    static const char * const repetitions[] = { "", "", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}" };
    const int kind = pick(14);
    if (kind < 11) {
        *end += sprintf(*end, "%s", items[kind]);
    } else if (kind < 12 && rule < 3) {
        *end += sprintf(*end, "r%d", rule + 1);
    } else if (depth < 3) {
        *end += sprintf(*end, "(");
        random_sequence(end, depth + 1, rule);
        *end += sprintf(*end, " | ");
        random_sequence(end, depth + 1, rule);
        *end += sprintf(*end, ")");
    } else {
        *end += sprintf(*end, "\"b\"");
    }
    *end += sprintf(*end, "%s ", repetitions[pick(11)]);
}

static void random_sequence(char ** end, int depth, int rule) {
    for (int n = pick(3); n >= 0; n--) {
        random_item(end, depth, rule);
    }
}

static char * random_grammar(void) {
    static char grammar[100000];
    char *      end = grammar;
    for (int rule = 0; rule < 4; rule++) {
        end += rule == 0 ? sprintf(end, "root ::= ") : sprintf(end, "r%d ::= ", rule);
        random_sequence(&end, 0, rule);
        end += sprintf(end, "| ");
        random_sequence(&end, 0, rule);
        end += sprintf(end, "\n");
    }
    return grammar;
}

static void expect_same(int64_t ours, struct llama_sampler * theirs) {
    for (int step = 0; step < 8; step++) {
        bool                   mask[N_VOCAB];
        llama_token_data       data[N_VOCAB];
        llama_token_data_array array = { data, N_VOCAB, -1, false };
        int32_t                choices[N_VOCAB];
        int                    n = 0;
        for (int32_t i = 0; i < N_VOCAB; i++) {
            data[i] = (llama_token_data) { i, 1, 0 };
        }
        llama_sampler_apply(theirs, &array);
        OK(allowed(ours, mask));
        for (int32_t i = 0; i < N_VOCAB; i++) {
            CHECK(mask[i] == !isinf(data[i].logit));
            if (mask[i] && i > 2) {
                choices[n++] = i;
            }
        }
        if (n == 0) {
            return;
        }
        const int32_t token = choices[pick(n)];
        OK(tokapu_sampler_accept(ours, token));
        llama_sampler_accept(theirs, token);
        if (step == 3) {
            int64_t clone = 0;
            OK(tokapu_sampler_clone(ours, &clone));
            OK(tokapu_sampler_free(ours));
            OK(allowed(clone, mask));
            OK(tokapu_sampler_free(clone));
            return;
        }
    }
}

static void test_same_as_llama(void) {
    struct llama_model_params params = llama_model_default_params();
    params.vocab_only                = true;
    struct llama_model * llama       = llama_model_load_from_file(tiny_model(), params);
    CHECK(llama != NULL);
    const struct llama_vocab * vocab    = llama_model_get_vocab(llama);
    int                        accepted = 0;
    for (int i = 0; i < 600; i++) {
        const char *  grammar = random_grammar();
        const int64_t ours    = new_chain();
        if (add(ours, grammar) == TOKAPU_OK) {
            struct llama_sampler * theirs = llama_sampler_init_grammar(vocab, grammar, "root");
            CHECK(theirs != NULL);
            accepted++;
            expect_same(ours, theirs);
            llama_sampler_free(theirs);
        }
        tokapu_sampler_free(ours); /* expect_same() may have done it */
    }
    CHECK(accepted > 200);
    llama_model_free(llama);
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    model = load_model();
    test_messages();
    test_sizes();
    test_many_beginnings();
    test_ambiguous_growth();
    test_deep_texts();
    pthread_t      thread; /* with less stack than a Java thread has */
    pthread_attr_t attributes;
    CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, 512 * 1024) == 0);
    CHECK(pthread_create(&thread, &attributes, test_lazy, NULL) == 0 && pthread_join(thread, NULL) == 0);
    test_lazy_meaning();
    test_same_as_llama();
    OK(tokapu_model_free(model));
    CHECK(live_handles() == 0);
    return 0;
}
