#define _POSIX_C_SOURCE 200809L
#include "support.h"

#include "tiny_gguf.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

const char * library_dir;
const char * scratch_dir;

static char last_error[8192];

static const char * read_last_error(void) {
    int32_t length = 0;
    if (tokapu_last_error(last_error, sizeof(last_error) - 1, &length) != TOKAPU_OK) {
        return "(the last error is too long)";
    }
    last_error[length] = '\0';
    return last_error;
}

void expect_status(int32_t expected, int32_t actual, const char * call, const char * file, int line) {
    if (expected != actual) {
        printf("%s:%d: %s answered %d instead of %d; last error: %s\n", file, line, call, actual, expected,
               read_last_error());
        exit(1);
    }
}

void expect_true(bool condition, const char * text, const char * file, int line) {
    if (!condition) {
        printf("%s:%d: not true: %s; last error: %s\n", file, line, text, read_last_error());
        exit(1);
    }
}

void expect_error(const char * text, const char * file, int line) {
    if (strstr(read_last_error(), text) == NULL) {
        printf("%s:%d: the last error is '%s', without '%s'\n", file, line, last_error, text);
        exit(1);
    }
}

#if !defined(__SANITIZE_ADDRESS__)
/* Nothing that a test does may write to stderr. */
static void check_silence(void) {
    struct stat status;
    if (fstat(STDERR_FILENO, &status) != 0 || status.st_size != 0) {
        printf("the library wrote to stderr: see %s/stderr.txt\n", scratch_dir);
        fflush(stdout);
        _exit(1);
    }
}

static void watch_stderr(void) {
    const int fd = open(scratch("stderr.txt"), O_CREAT | O_TRUNC | O_RDWR, 0644);
    CHECK(fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    close(fd);
    CHECK(atexit(check_silence) == 0);
}
#else
static void watch_stderr(void) {} /* the sanitizers report there */
#endif

void prepare(char ** argv) {
    library_dir = argv[1];
    scratch_dir = argv[2];
    watch_stderr();
    CHECK(tokapu_abi_version() == TOKAPU_ABI_VERSION);
}

void setup(int argc, char ** argv) {
    if (argc < 3) {
        printf("usage: %s LIBRARY_DIR SCRATCH_DIR [CPU_VARIANT]\n", argv[0]);
        exit(2);
    }
    prepare(argv);
    const char * variant = argc > 3 ? argv[3] : "";
    OK(tokapu_backend_init(library_dir, (int32_t) strlen(library_dir), variant, (int32_t) strlen(variant), TOKAPU_NUMA_NONE));
}

const char * scratch(const char * name) {
    static char paths[4][4096];
    static int  next = 0;
    next             = (next + 1) % 4;
    snprintf(paths[next], sizeof(paths[next]), "%s/%s", scratch_dir, name);
    return paths[next];
}

const char * tiny_model(void) {
    static char path[4096];
    if (path[0] == '\0') {
        const struct tiny_options options = { false, CHAT_TEMPLATE };
        snprintf(path, sizeof(path), "%s", scratch("tiny.gguf"));
        CHECK(tiny_gguf_write(path, options) == 0);
    }
    return path;
}

int64_t load_path(const char * path) {
    int64_t options[TOKAPU_MODEL_I_COUNT];
    int64_t model = 0;
    OK(tokapu_model_defaults(options, TOKAPU_MODEL_I_COUNT));
    OK(tokapu_model_load(path, 1, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, NULL, 0, &model));
    CHECK(model > 0);
    return model;
}

int64_t load_model(void) {
    return load_path(tiny_model());
}

struct context_options small_options(void) {
    struct context_options options;
    OK(tokapu_context_defaults(options.ints, TOKAPU_CONTEXT_I_COUNT, options.floats, TOKAPU_CONTEXT_F_COUNT));
    options.ints[TOKAPU_CONTEXT_I_N_CTX]           = 256;
    options.ints[TOKAPU_CONTEXT_I_N_BATCH]         = 32;
    options.ints[TOKAPU_CONTEXT_I_N_UBATCH]        = 16;
    options.ints[TOKAPU_CONTEXT_I_N_THREADS]       = 1;
    options.ints[TOKAPU_CONTEXT_I_N_THREADS_BATCH] = 1;
    return options;
}

int32_t try_context(int64_t model, const struct context_options * options, int64_t * context) {
    return tokapu_context_new(model, options->ints, TOKAPU_CONTEXT_I_COUNT, options->floats, TOKAPU_CONTEXT_F_COUNT,
                              context);
}

int64_t new_context(int64_t model) {
    const struct context_options options = small_options();
    int64_t                      context = 0;
    OK(try_context(model, &options, &context));
    return context;
}

int64_t new_greedy(int64_t model) {
    int64_t sampler = 0;
    OK(tokapu_sampler_new(model, &sampler));
    OK(tokapu_sampler_add_greedy(sampler));
    return sampler;
}

void decode_tokens(int64_t context, int32_t sequence, int32_t first, int32_t count) {
    const int32_t one = 1;
    for (int32_t i = 0; i < count; i++) {
        const int32_t token = first + i;
        OK(tokapu_decode(context, 1, &token, NULL, NULL, &one, &sequence, NULL));
    }
}

int32_t sequence_length(int64_t context, int32_t sequence) {
    int32_t first = 0;
    int32_t last  = 0;
    OK(tokapu_memory_seq_range(context, sequence, &first, &last));
    return last + 1;
}

char * state_bytes(int64_t state, int64_t * size) {
    OK(tokapu_state_size(state, size));
    char * bytes = malloc((size_t) *size);
    CHECK(bytes != NULL);
    OK(tokapu_state_read(state, 0, bytes, (int32_t) *size));
    return bytes;
}

int64_t live_handles(void) {
    int64_t n = -1;
    OK(tokapu_live_handles(&n));
    return n;
}

char * read_bytes(const char * path, size_t * size) {
    FILE * file = fopen(path, "rb");
    CHECK(file != NULL);
    CHECK(fseek(file, 0, SEEK_END) == 0);
    *size        = (size_t) ftell(file);
    char * bytes = malloc(*size + 1);
    CHECK(bytes != NULL);
    rewind(file);
    CHECK(fread(bytes, 1, *size, file) == *size);
    fclose(file);
    bytes[*size] = '\0';
    return bytes;
}

void write_bytes(const char * path, const char * bytes, size_t size) {
    FILE * file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(size == 0 || fwrite(bytes, 1, size, file) == size);
    CHECK(fclose(file) == 0);
}

void write_far(const char * path, int64_t offset, const char * bytes, size_t size) {
    FILE * file = fopen(path, "wb");
    CHECK(file != NULL);
#ifdef _WIN32
    CHECK(_fseeki64(file, offset, SEEK_SET) == 0);
#else
    CHECK(fseek(file, offset, SEEK_SET) == 0);
#endif
    CHECK(fwrite(bytes, 1, size, file) == size);
    CHECK(fclose(file) == 0);
}
