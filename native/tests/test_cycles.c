/* Many times open, decode, sample, close: where memory is measured it stays flat. */
#include "support.h"

static void cycles(int count) {
    for (int i = 0; i < count; i++) {
        const int64_t model    = load_model();
        const int64_t context  = new_context(model);
        const int64_t sampler  = new_greedy(model);
        int64_t       template = 0;
        OK(tokapu_chat_template_new(model, NULL, 0, &template));
        int32_t token = 5;
        OK(tokapu_decode(context, 1, &token, NULL, NULL, NULL, NULL, NULL));
        OK(tokapu_sampler_sample(sampler, context, -1, &token));
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_sampler_sample(sampler, context, 5, &token));
        OK(tokapu_chat_template_free(template));
        OK(tokapu_model_free(model));
        OK(tokapu_context_free(context));
        OK(tokapu_sampler_free(sampler));
    }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(TOKAPU_EMULATED)
static long resident_kb(void) {
    FILE * file = fopen("/proc/self/status", "r");
    char   line[256];
    long   kb = -1;
    CHECK(file != NULL);
    while (fgets(line, sizeof(line), file) != NULL) {
        if (sscanf(line, "VmRSS: %ld", &kb) == 1) {
            break;
        }
    }
    fclose(file);
    CHECK(kb > 0);
    return kb;
}

static void test_resident_memory(void) {
    const long before = resident_kb();
    cycles(1000);
    const long after = resident_kb();
    printf("resident: %ld kB after 100 cycles, %ld kB after 1,100\n", before, after);
    CHECK(after - before < 2048);
}
#else
/* The sanitizer keeps freed memory for a while, QEMU a quarter of a MiB of each thread that has ended; Windows has no /proc. */
static void test_resident_memory(void) {}
#endif

int main(int argc, char ** argv) {
    setup(argc, argv);
    cycles(100);
    test_resident_memory();
    CHECK(live_handles() == 0);
    return 0;
}
