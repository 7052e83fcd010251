/*
 * Tries a model file in a process of its own, where it may end the process: reads it, plans a context and, where asked, computes
 * two tokens: with one thread, which meets the assertions that several meet and waits for nobody. It is an executable in spite
 * of its name, under which it is packed with the libraries.
 *
 *   libtokapu-probe.so MODE BACKENDS VARIANT OFFSET SIZE HEADS N KEY TYPE VALUE ... PATH ...
 *
 * MODE is "plan", "compute" or "check" (validates the data of all tensors, which llama.cpp speaks of on stderr). OFFSET is -1
 * for whole files, else a range of the one PATH, or of descriptor PROBE_FD where there is no PATH. HEADS
 * is 1 to load MTP heads, too, else 0. N metadata overrides follow.
 * The exit status is one of tokapu_probe.h. The stages and what llama.cpp says of errors go to stderr.
 *
 * With the MODE "quantize" it writes a model file instead; see quantize().
 */
#include "tokapu_probe.h"

#include "system.h"
#include "tokapu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_OVERRIDE = 8, THREADS = 1, TOKENS = 2, CONTEXT = 256, BATCH = 64, CPU_SECONDS = 20 };

#define CHECKED_IN_A_SECOND (20ULL << 20)

#define ADDRESS_SPACE (16ULL << 30) /* beyond the model file itself */

static int32_t on_log(int32_t level, const char * text) {
    if (level >= TOKAPU_LOG_ERROR) {
        fprintf(stderr, "%s\n", text);
    }
    return 1;
}

static void stage(const char * name) {
    fprintf(stderr, "@%s\n", name);
}

static int failed(int32_t status) {
    char    text[1024];
    int32_t length = 0;
    if (tokapu_last_error(text, sizeof(text), &length) == TOKAPU_OK) {
        fprintf(stderr, "%.*s\n", (int) length, text);
    }
    return status == TOKAPU_ERROR_ABORT ? PROBE_ASSERTED : PROBE_REFUSED;
}

/* A block of texts, one after the other, as tokapu.h has lists. */
static char * block(char ** texts, int n) {
    size_t size = 1;
    for (int i = 0; i < n; i++) {
        size += strlen(texts[i]) + 1;
    }
    char * const all = malloc(size);
    char *       to  = all;
    for (int i = 0; all != NULL && i < n; i++) {
        const size_t length = strlen(texts[i]) + 1;
        memcpy(to, texts[i], length);
        to += length;
    }
    return all;
}

static int32_t load(char ** argv, int argc, int weights, int check, int64_t * model) {
    int64_t       options[TOKAPU_MODEL_I_COUNT];
    const int64_t offset      = strtoll(argv[4], NULL, 10);
    const int64_t size        = strtoll(argv[5], NULL, 10);
    const int32_t n_overrides = atoi(argv[7]);
    const int     first_path  = FIRST_OVERRIDE + 3 * n_overrides;
    const int     n_paths     = argc - first_path;
    int32_t       status      = tokapu_model_defaults(options, TOKAPU_MODEL_I_COUNT);
    if (status != TOKAPU_OK || n_overrides < 0 || n_paths < 0) {
        return status != TOKAPU_OK ? status : TOKAPU_ERROR_ARGUMENT;
    }
    options[TOKAPU_MODEL_I_N_GPU_LAYERS]    = 0;
    options[TOKAPU_MODEL_I_USE_EXTRA_BUFTS] = 0; /* the weights stay where they are mapped */
    options[TOKAPU_MODEL_I_LAZY_MODE]       = 0;
    options[TOKAPU_MODEL_I_LOAD_MODE]       = weights ? 1 : 0;
    options[TOKAPU_MODEL_I_NO_ALLOC]        = weights ? 0 : 1;
    options[TOKAPU_MODEL_I_CHECK_TENSORS]   = check;
    options[TOKAPU_MODEL_I_LOAD_MTP]        = strcmp(argv[6], "1") == 0;
    options[TOKAPU_MODEL_I_PROBE]           = TOKAPU_PROBE_INSIDE;
    char * const overrides = block(argv + FIRST_OVERRIDE, 3 * n_overrides);
    char * const paths     = block(argv + first_path, n_paths);
    if (offset < 0) {
        status = tokapu_model_load(paths, n_paths, options, TOKAPU_MODEL_I_COUNT, overrides, n_overrides, 0, NULL, 0, model);
    } else if (n_paths == 1) {
        status = tokapu_model_load_range(paths, (int32_t) strlen(paths), offset, size, options, TOKAPU_MODEL_I_COUNT, overrides,
                                         n_overrides, 0, NULL, 0, model);
    } else {
        status = tokapu_model_load_fd(PROBE_FD, offset, size, options, TOKAPU_MODEL_I_COUNT, overrides, n_overrides, 0, NULL, 0,
                                      model);
    }
    return status;
}

static int32_t open_context(int64_t model, int64_t * context) {
    int64_t ints[TOKAPU_CONTEXT_I_COUNT];
    double  floats[TOKAPU_CONTEXT_F_COUNT];
    int32_t status = tokapu_context_defaults(ints, TOKAPU_CONTEXT_I_COUNT, floats, TOKAPU_CONTEXT_F_COUNT);
    if (status != TOKAPU_OK) {
        return status;
    }
    ints[TOKAPU_CONTEXT_I_N_CTX]           = CONTEXT;
    ints[TOKAPU_CONTEXT_I_N_BATCH]         = BATCH;
    ints[TOKAPU_CONTEXT_I_N_UBATCH]        = BATCH;
    ints[TOKAPU_CONTEXT_I_N_THREADS]       = THREADS;
    ints[TOKAPU_CONTEXT_I_N_THREADS_BATCH] = THREADS;
    ints[TOKAPU_CONTEXT_I_POLL]            = 0;
    return tokapu_context_new(model, ints, TOKAPU_CONTEXT_I_COUNT, floats, TOKAPU_CONTEXT_F_COUNT, context);
}

/* Two tokens at once and one alone take different ways through llama.cpp. */
static int32_t compute_tokens(int64_t model, int64_t context) {
    int64_t info[TOKAPU_MODEL_INFO_COUNT];
    int32_t status           = tokapu_model_info(model, info, TOKAPU_MODEL_INFO_COUNT);
    int32_t tokens[TOKENS]   = { 0, 1 };
    if (status != TOKAPU_OK || info[TOKAPU_MODEL_INFO_N_VOCAB] < TOKENS) {
        return status;
    }
    if (info[TOKAPU_MODEL_INFO_HAS_ENCODER]) {
        status = tokapu_encode(context, TOKENS, tokens, NULL, NULL, NULL, NULL, NULL);
    }
    if (status == TOKAPU_OK && info[TOKAPU_MODEL_INFO_HAS_DECODER]) {
        status = tokapu_decode(context, TOKENS, tokens, NULL, NULL, NULL, NULL, NULL);
    }
    if (status == TOKAPU_OK && info[TOKAPU_MODEL_INFO_HAS_DECODER]) {
        status = tokapu_decode(context, 1, tokens, NULL, NULL, NULL, NULL, NULL);
    }
    return status;
}

/* What llama.cpp says of each tensor tells the caller how far it is. */
static int32_t on_quantize_log(int32_t level, const char * text) {
    fprintf(stderr, "%s%s\n", level == TOKAPU_LOG_INFO ? "#" : "", text);
    return 1;
}

/* A count and so many texts, each of several parts. */
static char * counted(char *** argv, int * argc, int parts, int32_t * n) {
    *n = *argc > 0 ? atoi((*argv)[0]) : -1;
    if (*n < 0 || *n > (*argc - 1) / parts) {
        *n = -1;
        return NULL;
    }
    char * const texts = block(*argv + 1, parts * *n);
    *argc -= 1 + parts * *n;
    *argv += 1 + parts * *n;
    return texts;
}

/*
 *   libtokapu-probe.so quantize INPUT OUTPUT IMATRIX OPTION ... N PATTERN TYPE ... N KEY TYPE VALUE ... N LAYER ...
 */
static int quantize(char ** argv, int argc) {
    int64_t options[TOKAPU_QUANTIZE_I_COUNT];
    if (argc < 3 + TOKAPU_QUANTIZE_I_COUNT) {
        return PROBE_REFUSED;
    }
    char * const paths = block(argv, 3);
    argv += 3;
    argc -= 3;
    for (int i = 0; i < TOKAPU_QUANTIZE_I_COUNT; i++) {
        options[i] = strtoll(argv[i], NULL, 10);
    }
    options[TOKAPU_QUANTIZE_I_INSIDE] = 1;
    argv += TOKAPU_QUANTIZE_I_COUNT;
    argc -= TOKAPU_QUANTIZE_I_COUNT;
    int32_t      n_rules     = 0;
    int32_t      n_overrides = 0;
    char * const rules       = counted(&argv, &argc, 2, &n_rules);
    char * const overrides   = counted(&argv, &argc, 3, &n_overrides);
    const int    n_pruned    = argc > 0 ? argc - 1 : 0;
    int32_t *    pruned      = calloc((size_t) n_pruned + 1, sizeof(int32_t));
    for (int i = 0; pruned != NULL && i < n_pruned; i++) {
        pruned[i] = atoi(argv[i + 1]);
    }
    char          nothing[1];
    int32_t       length = 0;
    const int32_t status = tokapu_quantize(paths, options, TOKAPU_QUANTIZE_I_COUNT, rules, n_rules, overrides, n_overrides,
                                           pruned, n_pruned, NULL, 0, nothing, sizeof(nothing), &length);
    free(pruned);
    return status == TOKAPU_OK ? PROBE_SOUND : status == TOKAPU_ERROR_MEMORY ? (failed(status), PROBE_MEMORY) : failed(status);
}

int main(int argc, char ** argv) {
    system_prepare(&argc, &argv);
    if (argc < FIRST_OVERRIDE) {
        fprintf(stderr, "this program is started by Tokapu, to try a model file or to quantize one\n");
        return PROBE_REFUSED;
    }
    if (strcmp(argv[1], "quantize") == 0) {
        system_end_with_parent();
        tokapu_log_set(on_quantize_log, TOKAPU_LOG_INFO);
        system_exit(quantize(argv + 2, argc - 2));
    }
    const int      compute = strcmp(argv[1], "compute") == 0;
    const int      check   = strcmp(argv[1], "check") == 0;
    const uint64_t size    = strtoull(argv[5], NULL, 10);
    system_limit_time(CPU_SECONDS + (check ? size / CHECKED_IN_A_SECOND : 0));
    system_limit_memory(ADDRESS_SPACE + size);
    int64_t model   = 0;
    int64_t context = 0;
    tokapu_log_set(on_log, TOKAPU_LOG_ERROR);
    int32_t status = tokapu_backend_init(argv[2], (int32_t) strlen(argv[2]), argv[3], (int32_t) strlen(argv[3]), TOKAPU_NUMA_NONE);
    if (status == TOKAPU_OK) {
        stage("loading");
        status = load(argv, argc, compute || check, check, &model);
    }
    if (status == TOKAPU_OK && !check) {
        stage("planning a context");
        status = open_context(model, &context);
        if (status == TOKAPU_ERROR_UNSUPPORTED) { /* it drafts for another model, without which it computes nothing */
            system_exit(PROBE_SOUND);
        }
        if (status == TOKAPU_ERROR_ABORT) {
            status = TOKAPU_ERROR_CONTEXT; /* caught in the same way where the file is used */
        }
    }
    if (status == TOKAPU_ERROR_MEMORY && model != 0) { /* the caller may have the memory, and meet what comes after it */
        failed(status);
        system_exit(PROBE_MEMORY);
    }
    if (status == TOKAPU_OK && compute) {
        stage("computing two tokens");
        status = compute_tokens(model, context);
    }
    fflush(stderr);
    system_exit(status >= 0 ? PROBE_SOUND : failed(status));
}
