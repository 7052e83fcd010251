/* Devices, placements, planned models, memory reports and memory that runs out, on a machine with a CPU alone. */
#include "support.h"

#include <math.h>
#ifndef _WIN32
#    include <sys/resource.h>
#endif

static char    text[8192];
static int32_t length;

static const char * ended(int32_t status) {
    OK(status);
    text[length] = '\0';
    return text;
}

static int32_t cpu_number(void) {
    int32_t n = 0;
    OK(tokapu_device_count(&n));
    for (int32_t i = 0; i < n; i++) {
        int64_t info[TOKAPU_DEVICE_INFO_COUNT];
        OK(tokapu_device_info(i, info, TOKAPU_DEVICE_INFO_COUNT));
        if (info[TOKAPU_DEVICE_INFO_TYPE] == TOKAPU_DEVICE_CPU) {
            CHECK(info[TOKAPU_DEVICE_INFO_MEMORY_TOTAL] > 0 && info[TOKAPU_DEVICE_INFO_COMPUTE_CAPABILITY] == 0);
            return i;
        }
    }
    CHECK(false);
    return -1;
}

/* The first bytes of a library. */
static const char * beginning(const char * library, size_t n_bytes, const char * name) {
    static char bytes[1 << 16];
    FILE *      file = fopen(library, "rb");
    CHECK(file != NULL && n_bytes <= sizeof(bytes) && fread(bytes, 1, n_bytes, file) == n_bytes);
    fclose(file);
    write_bytes(scratch(name), bytes, n_bytes);
    return scratch(name);
}

/* The linker maps such a file and dies of SIGBUS. */
static void test_cut_short(const char * library) {
    static const size_t lengths[] = { 60, 64, 100, 600, 5000, 1 << 15 };
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        const char * file = beginning(library, lengths[i], "short.so");
        int32_t      n    = 0;
        EXPECT_ERROR(TOKAPU_ERROR_BACKEND, tokapu_library_open(file, (int32_t) strlen(file)), "short");
        EXPECT_ERROR(TOKAPU_ERROR_BACKEND, tokapu_backend_load(file, (int32_t) strlen(file), &n), "short");
    }
}

static void test_backends(void) {
    int32_t n = -5;
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND, tokapu_backend_load("/nowhere/libx.so", 16, &n), "/nowhere/libx.so");
    write_bytes(scratch("garbage.so"), "no library", 10);
    const char * garbage = scratch("garbage.so");
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND, tokapu_backend_load(garbage, (int32_t) strlen(garbage), &n), "garbage.so");
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND, tokapu_library_open(garbage, (int32_t) strlen(garbage)), "garbage.so");
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_backend_load("", 0, &n));
    char path[4096];
    snprintf(path, sizeof(path), "%s/" LIBRARY_FILE("ggml-rpc"), library_dir); /* a backend that has no device until it is told of one */
    for (int i = 0; i < 2; i++) {
        EXPECT_ERROR(TOKAPU_ERROR_BACKEND, tokapu_backend_load(path, (int32_t) strlen(path), &n), "finds no device");
    }
    test_cut_short(path);
    snprintf(path, sizeof(path), "%s/" LIBRARY_FILE("tokapu-llama"), library_dir);
    OK(tokapu_library_open(path, (int32_t) strlen(path)));
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND, tokapu_backend_load(path, (int32_t) strlen(path), &n), "not a compute backend");
    CHECK(n == -5);
}

static void test_devices(int32_t cpu) {
    int64_t info[TOKAPU_DEVICE_INFO_COUNT];
    CHECK(strcmp(ended(tokapu_device_text(cpu, TOKAPU_DEVICE_TEXT_NAME, text, sizeof(text) - 1, &length)), "CPU") == 0);
    CHECK(strcmp(ended(tokapu_device_text(cpu, TOKAPU_DEVICE_TEXT_BACKEND, text, sizeof(text) - 1, &length)), "CPU") == 0);
    OK(tokapu_device_text(cpu, TOKAPU_DEVICE_TEXT_ID, text, sizeof(text) - 1, &length));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_device_text(cpu, 4, text, sizeof(text), &length));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_device_info(-1, info, TOKAPU_DEVICE_INFO_COUNT));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_device_info(cpu, info, 3));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_device_check(99));
    OK(tokapu_device_check(cpu));
    OK(tokapu_cuda_driver(text, sizeof(text), &length));
    CHECK(length == 0 || memchr(text, '\t', (size_t) length) != NULL);
}

static void test_placements(int32_t cpu) {
    const float bad[] = { NAN };
    int64_t     placement = 0;
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_placement_new(&cpu, 1, NULL, 0, NULL, NULL, 0, &placement), "not a GPU");
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_placement_new((int32_t[]) { 99 }, 1, NULL, 0, NULL, NULL, 0, &placement));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_placement_new(NULL, 1, NULL, 0, NULL, NULL, 0, &placement));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_placement_new(NULL, -2, NULL, 0, NULL, NULL, 0, &placement));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_placement_new(NULL, -1, bad, 1, NULL, NULL, 0, &placement));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_placement_new(NULL, -1, (float[]) { 0, 0 }, 2, NULL, NULL, 0, &placement));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_placement_new(NULL, 0, (float[]) { 1 }, 1, NULL, NULL, 0, &placement));
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_placement_new(NULL, -1, NULL, 0, "([", &cpu, 1, &placement),
                 "regular expression");
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_placement_new(NULL, -1, NULL, 0, "a", (int32_t[]) { 99 }, 1, &placement));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_placement_new(NULL, -1, NULL, 0, "", &cpu, 1, &placement));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_placement_free(12345));

    int64_t options[TOKAPU_MODEL_I_COUNT];
    int64_t model = 0;
    OK(tokapu_model_defaults(options, TOKAPU_MODEL_I_COUNT));
    OK(tokapu_placement_new(NULL, 0, NULL, 0, "ffn_.*\0attn", (int32_t[]) { cpu, cpu }, 2, &placement));
    OK(tokapu_model_load(tiny_model(), 1, options, TOKAPU_MODEL_I_COUNT, NULL, 0, placement, NULL, 0, &model));
    OK(tokapu_placement_free(placement));
    EXPECT(TOKAPU_ERROR_HANDLE,
           tokapu_model_load(tiny_model(), 1, options, TOKAPU_MODEL_I_COUNT, NULL, 0, placement, NULL, 0, &model));
    const int64_t context = new_context(model); /* the patterns are gone */
    OK(tokapu_decode(context, 1, (int32_t[]) { 5 }, NULL, NULL, NULL, NULL, NULL));
    int32_t n = -1;
    OK(tokapu_model_devices(model, NULL, 0, &n));
    CHECK(n == 0);
    OK(tokapu_context_free(context));
    OK(tokapu_model_free(model));
    options[TOKAPU_MODEL_I_SPLIT_MODE] = 3;
    EXPECT_ERROR(TOKAPU_ERROR_UNSUPPORTED,
                 tokapu_model_load(tiny_model(), 1, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, NULL, 0, &model), "GPU");
}

/* The sum of column c (0: weights) over all lines. */
static int64_t sum(const char * lines, int column) {
    int64_t total = 0;
    for (const char * line = lines; *line != '\0'; line = strchr(line, '\n') + 1) {
        const char * field = line;
        for (int i = 0; i < column + 2; i++) {
            field = strchr(field, '\t') + 1;
        }
        total += strtoll(field, NULL, 10);
    }
    return total;
}

static void test_memory_and_plans(void) {
    int64_t info[TOKAPU_MODEL_INFO_COUNT];
    int64_t sums[2][3];
    for (int plan = 0; plan < 2; plan++) {
        int64_t options[TOKAPU_MODEL_I_COUNT];
        int64_t model = 0;
        OK(tokapu_model_defaults(options, TOKAPU_MODEL_I_COUNT));
        options[TOKAPU_MODEL_I_LOAD_MODE] = 1;
        options[TOKAPU_MODEL_I_NO_ALLOC]  = plan;
        OK(tokapu_model_load(tiny_model(), 1, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, NULL, 0, &model));
        OK(tokapu_model_info(model, info, TOKAPU_MODEL_INFO_COUNT));
        CHECK(info[TOKAPU_MODEL_INFO_N_EXPERT] == 0);
        const int64_t weights = sum(ended(tokapu_model_memory(model, text, sizeof(text) - 1, &length)), 0);
        CHECK(weights >= info[TOKAPU_MODEL_INFO_SIZE] && weights < info[TOKAPU_MODEL_INFO_SIZE] * 11 / 10);
        const int64_t context = new_context(model);
        for (int column = 0; column < 3; column++) {
            sums[plan][column] = sum(ended(tokapu_context_memory(context, text, sizeof(text) - 1, &length)), column);
        }
        CHECK(sums[plan][0] == weights && sums[plan][1] > 0 && sums[plan][2] > 0);
        if (plan) {
            int32_t      n      = 0;
            int32_t      attached;
            float        logits[320];
            int32_t      tokens[8];
            const int64_t greedy = new_greedy(model);
            OK(tokapu_tokenize(model, "ab", 2, 1, 0, tokens, 8, &n));
            EXPECT_ERROR(TOKAPU_ERROR_UNSUPPORTED, tokapu_decode(context, 1, tokens, NULL, NULL, NULL, NULL, NULL),
                         "no_alloc");
            EXPECT(TOKAPU_ERROR_UNSUPPORTED, tokapu_encode(context, 1, tokens, NULL, NULL, NULL, NULL, NULL));
            EXPECT(TOKAPU_ERROR_UNSUPPORTED, tokapu_logits(context, -1, logits, 320));
            EXPECT(TOKAPU_ERROR_UNSUPPORTED, tokapu_memory_clear(context, 1));
            EXPECT(TOKAPU_ERROR_UNSUPPORTED, tokapu_context_set_sampler(context, 0, greedy, &attached));
            OK(tokapu_sampler_free(greedy));
        }
        OK(tokapu_context_free(context));
        OK(tokapu_model_free(model));
    }
    CHECK(sums[0][1] == sums[1][1] && sums[0][2] == sums[1][2]); /* what was planned is what was taken */
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(TOKAPU_EMULATED) && !defined(_WIN32)
static void test_out_of_memory(void) {
    const int64_t          model   = load_model();
    struct context_options options = small_options();
    int64_t                context = 0;
    struct rlimit          before;
    options.ints[TOKAPU_CONTEXT_I_N_CTX] = 8 << 20; /* 2 GiB of KV cache */
    CHECK(getrlimit(RLIMIT_AS, &before) == 0);
    const struct rlimit small = { 1U << 30U, before.rlim_max };
    CHECK(setrlimit(RLIMIT_AS, &small) == 0);
    EXPECT_ERROR(TOKAPU_ERROR_MEMORY, try_context(model, &options, &context), "allocate");
    CHECK(setrlimit(RLIMIT_AS, &before) == 0);
    context = new_context(model); /* and the process goes on */
    OK(tokapu_decode(context, 1, (int32_t[]) { 5 }, NULL, NULL, NULL, NULL, NULL));
    OK(tokapu_context_free(context));
    OK(tokapu_model_free(model));
}
#else
static void test_out_of_memory(void) {} /* the sanitizer needs the address space itself, QEMU sets no limit, Windows has none */
#endif

int main(int argc, char ** argv) {
    setup(argc, argv);
    const int32_t cpu = cpu_number();
    test_backends();
    test_devices(cpu);
    test_placements(cpu);
    test_memory_and_plans();
    test_out_of_memory();
    CHECK(live_handles() == 0);
    return 0;
}
