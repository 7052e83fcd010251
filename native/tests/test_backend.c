/* The choice of the CPU library, what happens before it is made, and the log. */
#include "support.h"

static int      lines_seen;
static bool     saw_partial_line;

static int      others_seen;
static int      others_wanted;

static int32_t on_log(int32_t level, const char * text) {
    lines_seen++;
    if (level < TOKAPU_LOG_DEBUG || level > TOKAPU_LOG_ERROR || text[0] == '\0' || strchr(text, '\n') != NULL) {
        saw_partial_line = true;
    }
    return 1;
}

/* A second callback, which leaves after the last line that it wants. */
static int32_t on_log_too(int32_t level, const char * text) {
    (void) level;
    (void) text;
    return ++others_seen < others_wanted;
}

int main(int argc, char ** argv) {
    CHECK(argc >= 3);
    char    text[8192];
    int32_t length = -1;
    int64_t options[TOKAPU_MODEL_I_COUNT];
    int64_t model = 0;
    OK(tokapu_log_set(on_log, TOKAPU_LOG_DEBUG));
    OK(tokapu_backend_cpu_variant(text, sizeof(text), &length));
    CHECK(length == 0);
    OK(tokapu_last_error(text, sizeof(text), &length));
    CHECK(length == 0);
    OK(tokapu_model_defaults(options, TOKAPU_MODEL_I_COUNT));
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND,
                 tokapu_model_load("x.gguf", 1, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, NULL, 0, &model),
                 "tokapu_backend_init");
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND, tokapu_backend_init("/nowhere", 8, NULL, 0, TOKAPU_NUMA_NONE), "/nowhere");
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND, tokapu_backend_init("/", 1, NULL, 0, TOKAPU_NUMA_NONE), "no " LIBRARY_FILE("ggml-cpu-*"));
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND, tokapu_backend_init(argv[1], (int32_t) strlen(argv[1]), "pentium", 7, TOKAPU_NUMA_NONE),
                 "there is no CPU variant 'pentium'");
    OK(tokapu_backend_cpu_variants(argv[1], (int32_t) strlen(argv[1]), text, sizeof(text) - 1, &length));
    text[length] = '\0';
    /* the oldest, which each build has; test_variant looks for the others */
#ifdef __aarch64__
    CHECK(strstr(text, "armv8.0_1\t1\t\n") != NULL);
#else
    CHECK(strstr(text, "x64\t1\t\n") != NULL);
#endif

    setup(argc, argv);
    OK(tokapu_backend_init(argv[1], (int32_t) strlen(argv[1]), NULL, 0, TOKAPU_NUMA_NONE)); /* a second time: nothing to do */
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND, tokapu_backend_init(argv[1], (int32_t) strlen(argv[1]), "none", 4, TOKAPU_NUMA_NONE),
                 "is loaded");
    OK(tokapu_backend_system_info(text, sizeof(text), &length));
    CHECK(length > 0);
    OK(tokapu_llama_version(text, sizeof(text), &length));
    CHECK(length == (int32_t) strlen(LLAMA_RELEASE) && memcmp(text, LLAMA_RELEASE, (size_t) length) == 0);

    model = load_model();
    OK(tokapu_model_free(model));
    CHECK(lines_seen > 20 && !saw_partial_line);
    OK(tokapu_log_set(on_log, TOKAPU_LOG_ERROR));
    lines_seen = 0;
    model      = load_model();
    OK(tokapu_model_free(model));
    CHECK(lines_seen == 0);

    OK(tokapu_log_set(on_log, TOKAPU_LOG_DEBUG));
    OK(tokapu_log_set(on_log_too, TOKAPU_LOG_DEBUG));
    others_wanted = 1000000;
    model         = load_model();
    OK(tokapu_model_free(model));
    CHECK(lines_seen > 20 && others_seen == lines_seen);
    others_wanted = 3;
    others_seen   = 0;
    lines_seen    = 0;
    model         = load_model();
    OK(tokapu_model_free(model));
    CHECK(lines_seen > 20 && others_seen == 3);

    OK(tokapu_log_set(NULL, TOKAPU_LOG_DEBUG));
    lines_seen = 0;
    model      = load_model();
    OK(tokapu_model_free(model));
    CHECK(lines_seen == 0);
    return 0;
}
