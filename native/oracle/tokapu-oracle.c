/*
 * tokapu-oracle - the reference for logits and tokens: a C program that knows llama.h only, never the shim.
 *
 *     tokapu-oracle MODEL STEPS OUT THREADS N_CTX N_BATCH N_UBATCH KV_TYPE [ADAPTER SCALE]...
 *     tokapu-oracle tokens MODEL TEXTS OUT PARSE_SPECIAL
 *
 * STEPS is a text file; each line holds the token ids of one llama_decode() call, which continue sequence 0. OUT receives
 * the logits of the last token of each call: n_vocab floats per line, as this machine stores them. KV_TYPE is ggml's name
 * of the type of keys and values, as f16. The LoRA adapters, 8 at most, are in effect from the first call on. Everything else is llama.cpp's default; the backends are those beside the program.
 *
 * TEXTS holds the length of a text, an int32_t, and its bytes, again and again. OUT receives for each the number of its tokens
 * and the tokens, all int32_t, with BOS where the model wants it; control text is parsed when PARSE_SPECIAL is 1, not when 0.
 *
 * Exit status 1 and a line on stderr when something fails.
 */
#include "ggml-backend.h"
#include "llama.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ADAPTERS = 8 };

static void fail(const char * format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "tokapu-oracle: ");
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    exit(1);
}

static uint32_t number(const char * text) {
    char * end;
    long value = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < 1 || value > 1 << 24) {
        fail("not a number from 1 to 2^24: '%s'", text);
    }
    return (uint32_t) value;
}

static enum ggml_type type_by_name(const char * name) {
    for (int type = 0; type < GGML_TYPE_COUNT; type++) {
        const char * known = ggml_type_name((enum ggml_type) type);
        if (known != NULL && strcmp(known, name) == 0) {
            return (enum ggml_type) type;
        }
    }
    fail("no type of ggml: '%s'", name);
    return GGML_TYPE_COUNT;
}

/* Reads the ids of one line into tokens; returns how many, or -1 at the end of the file. */
static int32_t read_line(FILE * file, llama_token * tokens, int32_t capacity) {
    int32_t n = 0;
    int c = fgetc(file);
    if (c == EOF) {
        return -1;
    }
    while (c != EOF && c != '\n') {
        if (c == ' ') {
            c = fgetc(file);
            continue;
        }
        ungetc(c, file);
        if (n == capacity || fscanf(file, "%d", &tokens[n]) != 1) {
            fail("a line of steps holds no number where one is expected, or more than %d", capacity);
        }
        n++;
        c = fgetc(file);
    }
    return n;
}

static struct llama_model * load(const char * file, bool vocab_only) {
    struct llama_model_params params = llama_model_default_params();
    params.vocab_only = vocab_only;
    ggml_backend_load_all();
    struct llama_model * model = llama_model_load_from_file(file, params);
    if (model == NULL) {
        fail("cannot load %s", file);
    }
    return model;
}

static void write_ints(FILE * out, const int32_t * values, size_t n) {
    if (fwrite(values, sizeof(int32_t), n, out) != n) {
        fail("cannot write the tokens");
    }
}

static void tokenize(const char * file, const char * texts, const char * result, bool parse_special) {
    struct llama_model * model = load(file, true);
    FILE * in = fopen(texts, "rb");
    FILE * out = fopen(result, "wb");
    if (in == NULL || out == NULL) {
        fail("cannot open %s or %s", texts, result);
    }
    int32_t length;
    while (fread(&length, sizeof(length), 1, in) == 1) {
        /* A byte gives one token at most; BOS, EOS and the space in front of a text come on top. */
        const int32_t capacity = length + 8;
        char * text = malloc((size_t) length + 1);
        llama_token * tokens = malloc((size_t) capacity * sizeof(llama_token));
        if (text == NULL || tokens == NULL || fread(text, 1, (size_t) length, in) != (size_t) length) {
            fail("%s ends within a text", texts);
        }
        const int32_t n = llama_tokenize(llama_model_get_vocab(model), text, length, tokens, capacity, true, parse_special);
        if (n < 0) {
            fail("a text of %d bytes has %d tokens", length, -n);
        }
        write_ints(out, &n, 1);
        write_ints(out, tokens, (size_t) n);
        free(text);
        free(tokens);
    }
    if (fclose(out) != 0) {
        fail("cannot write %s", result);
    }
    fclose(in);
    llama_model_free(model);
}

static void set_adapters(struct llama_model * model, struct llama_context * context, int count, char ** arguments) {
    struct llama_adapter_lora * adapters[MAX_ADAPTERS];
    float                       scales[MAX_ADAPTERS];
    for (int i = 0; i < count; i++) {
        adapters[i] = llama_adapter_lora_init(model, arguments[2 * i]);
        scales[i] = strtof(arguments[2 * i + 1], NULL);
        if (adapters[i] == NULL) {
            fail("cannot load the adapter %s", arguments[2 * i]);
        }
    }
    if (count > 0 && llama_set_adapters_lora(context, adapters, (size_t) count, scales) != 0) {
        fail("cannot set the adapters");
    }
}

int main(int argc, char ** argv) {
    if (argc == 6 && strcmp(argv[1], "tokens") == 0) {
        tokenize(argv[2], argv[3], argv[4], strcmp(argv[5], "1") == 0);
        return 0;
    }
    if (argc < 9 || argc % 2 == 0 || argc > 9 + 2 * MAX_ADAPTERS) {
        fail("usage: tokapu-oracle MODEL STEPS OUT THREADS N_CTX N_BATCH N_UBATCH KV_TYPE [ADAPTER SCALE]... | "
             "tokens MODEL TEXTS OUT PARSE_SPECIAL");
    }
    struct llama_model * model = load(argv[1], false);

    struct llama_context_params params = llama_context_default_params();
    params.n_threads = params.n_threads_batch = (int32_t) number(argv[4]);
    params.n_ctx = number(argv[5]);
    params.n_batch = number(argv[6]);
    params.n_ubatch = number(argv[7]);
    params.type_k = params.type_v = type_by_name(argv[8]);
    struct llama_context * context = llama_init_from_model(model, params);
    if (context == NULL) {
        fail("cannot make a context");
    }
    set_adapters(model, context, (argc - 9) / 2, argv + 9);

    FILE * steps = fopen(argv[2], "r");
    FILE * out = fopen(argv[3], "wb");
    llama_token * tokens = malloc(params.n_batch * sizeof(llama_token));
    if (steps == NULL || out == NULL || tokens == NULL) {
        fail("cannot open %s or %s", argv[2], argv[3]);
    }
    size_t n_vocab = (size_t) llama_vocab_n_tokens(llama_model_get_vocab(model));
    int32_t n;
    while ((n = read_line(steps, tokens, (int32_t) params.n_batch)) > 0) {
        int32_t status = llama_decode(context, llama_batch_get_one(tokens, n));
        if (status != 0) {
            fail("llama_decode() of %d tokens answered %d", n, status);
        }
        if (fwrite(llama_get_logits_ith(context, -1), sizeof(float), n_vocab, out) != n_vocab) {
            fail("cannot write %s", argv[3]);
        }
    }
    if (fclose(out) != 0) {
        fail("cannot write %s", argv[3]);
    }

    fclose(steps);
    free(tokens);
    llama_free(context);
    llama_model_free(model);
    return 0;
}
