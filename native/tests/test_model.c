/* Loading models: good files, bad files, ranges, descriptors, options; and what a model says about itself. */
#define _POSIX_C_SOURCE 200809L
#include "support.h"
#include "tiny_gguf.h"

#include <fcntl.h>
#include <unistd.h>

static int64_t options[TOKAPU_MODEL_I_COUNT];

static int32_t load(const char * path, int64_t * model) {
    return tokapu_model_load(path, 1, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, NULL, 0, model);
}

static int32_t load_range(const char * path, int64_t offset, int64_t size, int64_t * model) {
    return tokapu_model_load_range(path, (int32_t) strlen(path), offset, size, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, NULL,
                                   0, model);
}

static void test_bad_files(void) {
    int64_t      model = 0;
    const char * bad   = scratch("bad.gguf");
    EXPECT_ERROR(TOKAPU_ERROR_MODEL, load(scratch("missing.gguf"), &model), "missing.gguf");
    EXPECT_ERROR(TOKAPU_ERROR_MODEL, load(scratch_dir, &model), "a directory");
#ifndef _WIN32
    EXPECT_ERROR(TOKAPU_ERROR_MODEL, load("/dev/null", &model), "a device");
#endif
    EXPECT(TOKAPU_ERROR_ARGUMENT, load("", &model));

    size_t size  = 0;
    char * bytes = read_bytes(tiny_model(), &size);
    write_bytes(bad, "abcdefgh", 8);
    EXPECT_ERROR(TOKAPU_ERROR_MODEL, load(bad, &model), "invalid magic characters: 'abcd', expected 'GGUF'");
    for (size_t length = 0; length < 200; length++) {
        write_bytes(bad, bytes, length);
        EXPECT(TOKAPU_ERROR_MODEL, load(bad, &model));
    }
    for (size_t length = 200; length < size; length += size / 97) {
        write_bytes(bad, bytes, length);
        EXPECT(TOKAPU_ERROR_MODEL, load(bad, &model));
    }
    write_bytes(bad, bytes, size - 1);
    EXPECT_ERROR(TOKAPU_ERROR_MODEL, load(bad, &model), "not within the file bounds");

    uint32_t state = 7;
    for (int round = 0; round < 200; round++) { /* garbage in the metadata: an error or a model, never a crash */
        char * copy = malloc(size);
        CHECK(copy != NULL);
        memcpy(copy, bytes, size);
        for (int i = 0; i < 3; i++) {
            state                 = state * 1664525U + 1013904223U;
            copy[state % 12000U] = (char) (state >> 24);
        }
        write_bytes(bad, copy, size);
        free(copy);
        const int32_t status = load(bad, &model);
        CHECK(status == TOKAPU_OK || status == TOKAPU_ERROR_MODEL);
        if (status == TOKAPU_OK) {
            OK(tokapu_model_free(model));
        }
    }
    free(bytes);

    const struct tiny_options twice = { true, NULL };
    CHECK(tiny_gguf_write(bad, twice) == 0);
    EXPECT_ERROR(TOKAPU_ERROR_MODEL, load(bad, &model), "token_to_id.size()");
    CHECK(live_handles() == 0);
}

static void test_ranges(void) {
    size_t       size   = 0;
    char *       bytes  = read_bytes(tiny_model(), &size);
    char *       jar    = calloc(1, size + 4096);
    const char * path   = scratch("outer.bin");
    int64_t      model  = 0;
    const int    starts[] = { 0, 32, 4064, 17, 1 };
    for (int i = 0; i < 5; i++) {
        memset(jar, 0x55, size + 4096);
        memcpy(jar + starts[i], bytes, size);
        write_bytes(path, jar, size + 4096);
        OK(load_range(path, starts[i], (int64_t) size, &model));
        const int64_t context = new_context(model);
        const int32_t token   = 5;
        OK(tokapu_decode(context, 1, &token, NULL, NULL, NULL, NULL, NULL));
        OK(tokapu_context_free(context));
        OK(tokapu_model_free(model));
        EXPECT_ERROR(TOKAPU_ERROR_MODEL, load_range(path, starts[i], (int64_t) size - 64, &model), "the range has");
        EXPECT(TOKAPU_ERROR_MODEL, load_range(path, starts[i] + 1, (int64_t) size, &model));
    }
    EXPECT(TOKAPU_ERROR_ARGUMENT, load_range(path, -1, 100, &model));
    EXPECT(TOKAPU_ERROR_ARGUMENT, load_range(path, 0, 0, &model));
    EXPECT(TOKAPU_ERROR_ARGUMENT, load_range(path, 0, -5, &model));
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, load_range(path, 0, (int64_t) size + 5000, &model), "outside of");
    EXPECT(TOKAPU_ERROR_ARGUMENT, load_range(path, INT64_MAX / 2, 1, &model));
    EXPECT(TOKAPU_ERROR_MODEL, load_range(path, 0, 10, &model));
    EXPECT(TOKAPU_ERROR_MODEL, load_range(scratch_dir, 0, 10, &model));

    memcpy(jar + 64, bytes, size);
    write_bytes(path, jar, size + 64);
#ifdef _WIN32
    EXPECT_ERROR(TOKAPU_ERROR_UNSUPPORTED,
                 tokapu_model_load_fd(3, 64, 0, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, NULL, 0, &model), "by its path");
#else
    const int fd = open(path, O_RDONLY);
    CHECK(fd >= 0);
    CHECK(lseek(fd, 11, SEEK_SET) == 11);
    OK(tokapu_model_load_fd(fd, 64, 0, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, NULL, 0, &model));
    OK(tokapu_model_free(model));
    OK(tokapu_model_load_fd(fd, 64, (int64_t) size, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, NULL, 0, &model));
    CHECK(lseek(fd, 0, SEEK_CUR) == 11); /* the caller's descriptor is as it was */
    close(fd);
    const int64_t context = new_context(model);
    OK(tokapu_context_free(context));
    OK(tokapu_model_free(model));
    EXPECT(TOKAPU_ERROR_MODEL, tokapu_model_load_fd(fd, 0, 0, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, NULL, 0, &model));
#endif
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_model_load_fd(-1, 0, 0, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, NULL, 0, &model));
    free(jar);
    free(bytes);
}

/* Beyond what 32 bits can say, and not where a model is mapped. */
static void test_far_range(void) {
    const int64_t offset = (5LL << 30) + 17;
    const char *  path   = scratch("far.bin");
    int64_t       model  = 0;
    size_t        size   = 0;
    char *        bytes  = read_bytes(tiny_model(), &size);
    write_far(path, offset, bytes, size);
    OK(load_range(path, offset, (int64_t) size, &model));
    OK(tokapu_context_free(new_context(model)));
    OK(tokapu_model_free(model));
    CHECK(remove(path) == 0);
    free(bytes);
}

static int     progress_calls;
static int32_t on_progress(float progress, int64_t user_data) {
    CHECK(progress >= 0.0F && progress <= 1.0F);
    CHECK(user_data == 77 || user_data == 78);
    progress_calls++;
    return user_data == 77 ? 1 : 0;
}

static void test_options(void) {
    int64_t      model = 0;
    const char * path  = tiny_model();
    OK(tokapu_model_load(path, 1, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, on_progress, 77, &model));
    CHECK(progress_calls > 0);
    OK(tokapu_model_free(model));
    EXPECT_ERROR(TOKAPU_ERROR_CANCELLED,
                 tokapu_model_load(path, 1, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, on_progress, 78, &model), "cancelled");

    for (int64_t mode = -1; mode <= 4; mode++) {
        options[TOKAPU_MODEL_I_LOAD_MODE] = mode;
        OK(load(path, &model));
        OK(tokapu_model_free(model));
    }
    options[TOKAPU_MODEL_I_LOAD_MODE] = 5;
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, load(path, &model), "load mode is 5");
    options[TOKAPU_MODEL_I_LOAD_MODE] = -1;
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_model_load(path, 1, options, 3, NULL, 0, 0, NULL, 0, &model));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_model_load(path, 0, options, TOKAPU_MODEL_I_COUNT, NULL, 0, 0, NULL, 0, &model));
    options[TOKAPU_MODEL_I_CHECK_TENSORS] = 1;
    OK(load(path, &model));
    OK(tokapu_model_free(model));
    options[TOKAPU_MODEL_I_CHECK_TENSORS] = 0;

    options[TOKAPU_MODEL_I_VOCAB_ONLY] = 1;
    OK(load(path, &model));
    const struct context_options small   = small_options();
    int64_t                      context = 0;
    int32_t                      n       = 0;
    int32_t                      tokens[8];
    OK(tokapu_tokenize(model, "abc", 3, 1, 0, tokens, 8, &n));
    EXPECT_ERROR(TOKAPU_ERROR_UNSUPPORTED, try_context(model, &small, &context), "vocab_only");
    OK(tokapu_model_free(model));
    options[TOKAPU_MODEL_I_VOCAB_ONLY] = 0;

    const char overrides[] = "llama.context_length\0000\000128\000general.name\0003\000renamed";
    OK(tokapu_model_load(path, 1, options, TOKAPU_MODEL_I_COUNT, overrides, 2, 0, NULL, 0, &model));
    int64_t info[TOKAPU_MODEL_INFO_COUNT];
    OK(tokapu_model_info(model, info, TOKAPU_MODEL_INFO_COUNT));
    CHECK(info[TOKAPU_MODEL_INFO_N_CTX_TRAIN] == 128);
    OK(tokapu_model_free(model));
    EXPECT(TOKAPU_ERROR_ARGUMENT,
           tokapu_model_load(path, 1, options, TOKAPU_MODEL_I_COUNT, "a\0000\000x", 1, 0, NULL, 0, &model));
    EXPECT(TOKAPU_ERROR_ARGUMENT,
           tokapu_model_load(path, 1, options, TOKAPU_MODEL_I_COUNT, "a\0009\0001", 1, 0, NULL, 0, &model));
}

static void test_information(void) {
    const int64_t model = load_model();
    int64_t       info[TOKAPU_MODEL_INFO_COUNT];
    char          text[512];
    int32_t       length = 0;
    OK(tokapu_model_info(model, info, TOKAPU_MODEL_INFO_COUNT));
    CHECK(info[TOKAPU_MODEL_INFO_N_EMBD] == 64);
    CHECK(info[TOKAPU_MODEL_INFO_N_LAYER] == 2);
    CHECK(info[TOKAPU_MODEL_INFO_N_VOCAB] == 320);
    CHECK(info[TOKAPU_MODEL_INFO_BOS] == 1 && info[TOKAPU_MODEL_INFO_EOS] == 2);
    CHECK(info[TOKAPU_MODEL_INFO_ADD_BOS] == 1 && info[TOKAPU_MODEL_INFO_ADD_EOS] == 0);
    CHECK(info[TOKAPU_MODEL_INFO_DECODER_START_TOKEN] == -1);
    CHECK(info[TOKAPU_MODEL_INFO_HAS_DECODER] == 1 && info[TOKAPU_MODEL_INFO_HAS_ENCODER] == 0);
    OK(tokapu_model_description(model, text, sizeof(text), &length));
    CHECK(length > 0 && strncmp(text, "llama", 5) == 0);

    bool found = false;
    for (int32_t i = 0; i < info[TOKAPU_MODEL_INFO_N_META]; i++) {
        OK(tokapu_model_meta_key(model, i, text, sizeof(text), &length));
        found = found || (length == 12 && memcmp(text, "general.name", 12) == 0);
        length = 0;
        EXPECT(TOKAPU_ERROR_BUFFER, tokapu_model_meta_key(model, i, NULL, 0, &length));
        CHECK(length > 0);
        const int32_t status = tokapu_model_meta_value(model, i, text, sizeof(text), &length);
        CHECK(status == TOKAPU_OK || status == TOKAPU_ERROR_BUFFER);
    }
    CHECK(found);
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_model_meta_key(model, -1, text, sizeof(text), &length));
    EXPECT(TOKAPU_ERROR_ARGUMENT,
           tokapu_model_meta_key(model, (int32_t) info[TOKAPU_MODEL_INFO_N_META], text, sizeof(text), &length));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_model_cls_label(model, 1000, text, sizeof(text), &length));
    OK(tokapu_model_free(model));
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    OK(tokapu_model_defaults(options, TOKAPU_MODEL_I_COUNT));
    test_information();
    test_options();
    test_ranges();
    test_far_range();
    test_bad_files();
    CHECK(live_handles() == 0);
    return 0;
}
