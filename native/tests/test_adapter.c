/* LoRA adapters: loaded, set, freed in any order; files that are damaged or for another model. */
#include "support.h"
#include "tiny_gguf.h"

enum { N_VOCAB = 320 };

static int32_t try_load(int64_t model, const char * path, int64_t * adapter) {
    return tokapu_adapter_load(model, path, (int32_t) strlen(path), adapter);
}

static int64_t load_adapter(int64_t model) {
    int64_t      adapter = 0;
    const char * path    = scratch("adapter.gguf");
    CHECK(tiny_adapter_write(path, "llama", 64) == 0);
    OK(try_load(model, path, &adapter));
    return adapter;
}

static void logits_of(int64_t context, float * logits) {
    const int32_t tokens[4] = { 5, 6, 7, 8 };
    OK(tokapu_memory_clear(context, 1));
    OK(tokapu_decode(context, 4, tokens, NULL, NULL, NULL, NULL, NULL));
    OK(tokapu_logits(context, -1, logits, N_VOCAB));
}

static bool same(const float * left, const float * right) {
    return memcmp(left, right, sizeof(float) * N_VOCAB) == 0;
}

static void test_set_and_free(void) {
    const int64_t model   = load_model();
    const int64_t context = new_context(model);
    const int64_t adapter = load_adapter(model);
    const float   one     = 1;
    const float   zero    = 0;
    float         plain[N_VOCAB];
    float         adapted[N_VOCAB];
    float         again[N_VOCAB];
    logits_of(context, plain);
    OK(tokapu_context_set_adapters(context, &adapter, &one, 1));
    logits_of(context, adapted);
    CHECK(!same(plain, adapted));
    OK(tokapu_context_set_adapters(context, &adapter, &zero, 1));
    logits_of(context, again);
    CHECK(same(plain, again));
    OK(tokapu_context_set_adapters(context, &adapter, &one, 1));
    OK(tokapu_adapter_free(adapter));
    OK(tokapu_model_free(model));
    logits_of(context, again);
    CHECK(same(adapted, again));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_context_set_adapters(context, &adapter, &one, 1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_adapter_free(adapter));
    OK(tokapu_context_set_adapters(context, NULL, NULL, 0));
    logits_of(context, again);
    CHECK(same(plain, again));
    OK(tokapu_context_free(context));
}

static void test_arguments(int64_t model) {
    const int64_t adapter    = load_adapter(model);
    const int64_t context    = new_context(model);
    const int64_t twice[2]   = { adapter, adapter };
    const float   scales[2]  = { 1, 1 };
    const float   no_number  = 0.0F / 0.0F;
    int32_t       n          = 0;
    int64_t       size       = 0;
    char          text[32];
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_adapter_load(model, NULL, 4, &size));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_adapter_load(model, "x", 1, NULL));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_adapter_load(context, "x", 1, &size));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_adapter_size(adapter, NULL));
    OK(tokapu_adapter_size(adapter, &size));
    CHECK(size == 4 * 4 * (64 + 64 + 128 + 64));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_adapter_meta_count(adapter, NULL));
    OK(tokapu_adapter_meta_count(adapter, &n));
    CHECK(n == 4);
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_adapter_meta_key(adapter, 4, text, sizeof(text), &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_adapter_meta_value(adapter, 0, NULL, 8, &n));
    OK(tokapu_adapter_meta_key(adapter, 0, text, sizeof(text), &n));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_adapter_invocation_tokens(adapter, NULL, 3, &n));
    OK(tokapu_adapter_invocation_tokens(adapter, NULL, 0, &n));
    CHECK(n == 0);
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_adapters(context, twice, scales, 2), "twice");
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_adapters(context, &adapter, &no_number, 1), "scale");
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_adapters(context, NULL, scales, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_adapters(context, &adapter, NULL, 1));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_adapters(context, &adapter, scales, -1));
    EXPECT(TOKAPU_ERROR_HANDLE, tokapu_context_set_adapters(model, &adapter, scales, 1));
    const int64_t other = load_model();
    const int64_t alien = load_adapter(other);
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_context_set_adapters(context, &alien, scales, 1), "another model");
    OK(tokapu_adapter_free(alien));
    OK(tokapu_model_free(other));
    OK(tokapu_context_free(context));
    OK(tokapu_adapter_free(adapter));
}

static void test_files(int64_t model) {
    int64_t      adapter = 0;
    const char * path    = scratch("wrong.gguf");
    EXPECT_ERROR(TOKAPU_ERROR_MODEL, try_load(model, scratch("missing.gguf"), &adapter), "missing.gguf");
    EXPECT_ERROR(TOKAPU_ERROR_MODEL, try_load(model, scratch_dir, &adapter), "directory");
    EXPECT_ERROR(TOKAPU_ERROR_MODEL, try_load(model, tiny_model(), &adapter), "general.type");
    CHECK(tiny_adapter_write(path, "mamba", 64) == 0);
    EXPECT_ERROR(TOKAPU_ERROR_MODEL, try_load(model, path, &adapter), "mamba");
    CHECK(tiny_adapter_write(path, "llama", 32) == 0);
    EXPECT_ERROR(TOKAPU_ERROR_MODEL, try_load(model, path, &adapter), "blk.0.attn_q.weight");
}

/* Beyond what 32 bits can say. */
static void test_far_range(int64_t model) {
    const int64_t offset  = (5LL << 30) + 17;
    const char *  path    = scratch("far.bin");
    int64_t       adapter = 0;
    size_t        size    = 0;
    CHECK(tiny_adapter_write(path, "llama", 64) == 0);
    char * bytes = read_bytes(path, &size);
    write_far(path, offset, bytes, size);
    OK(tokapu_adapter_load_range(model, path, (int32_t) strlen(path), offset, (int64_t) size, &adapter));
    OK(tokapu_adapter_free(adapter));
    CHECK(remove(path) == 0);
    free(bytes);
}

static void test_damage(int64_t model) {
    const int64_t context = new_context(model);
    const float   scale   = 1;
    size_t        size    = 0;
    int32_t       usable  = 0;
    const char *  path    = scratch("damaged.gguf");
    CHECK(tiny_adapter_write(path, "llama", 64) == 0);
    char * bytes = read_bytes(path, &size);
    for (size_t length = 0; length < size - 64; length += 61) {
        int64_t adapter = 0;
        write_bytes(path, bytes, length);
        EXPECT(TOKAPU_ERROR_MODEL, try_load(model, path, &adapter));
    }
    for (size_t at = 0; at < 640; at++) { /* header, metadata, tensor infos */
        const char before = bytes[at];
        int64_t    adapter = 0;
        float      logits[N_VOCAB];
        bytes[at] = (char) (at % 3 == 0 ? 0 : at % 3 == 1 ? before + 1 : 0xff);
        write_bytes(path, bytes, size);
        bytes[at]            = before;
        const int32_t status = try_load(model, path, &adapter);
        CHECK(status == TOKAPU_OK || status == TOKAPU_ERROR_MODEL);
        if (status == TOKAPU_OK) {
            usable++;
            OK(tokapu_context_set_adapters(context, &adapter, &scale, 1));
            logits_of(context, logits);
            OK(tokapu_context_set_adapters(context, NULL, NULL, 0));
            OK(tokapu_adapter_free(adapter));
        }
    }
    CHECK(usable > 0);
    free(bytes);
    OK(tokapu_context_free(context));
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    test_set_and_free();
    const int64_t model = load_model();
    test_arguments(model);
    test_files(model);
    test_far_range(model);
    test_damage(model);
    OK(tokapu_model_free(model));
    CHECK(live_handles() == 0);
    return 0;
}
