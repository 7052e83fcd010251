/* An assertion of ggml that fails on the calling thread: an error, a poisoned object, and everything else goes on. */
#include "hooks.h"
#include "support.h"

/* Leak checkers ask for it: a thread that is abandoned frees nothing. */
const char * __asan_default_options(void);

const char * __asan_default_options(void) {
    return "detect_leaks=0";
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    const int64_t model   = load_model();
    const int64_t healthy = new_context(model);
    const int32_t token   = 5;
    float         logits[320];
    for (int i = 0; i < 20; i++) {
        const int64_t context = new_context(model);
        OK(tokapu_context_set_threads(context, 1, 2));
        OK(tokapu_decode(context, 1, &token, NULL, NULL, NULL, NULL, NULL));
        EXPECT_ERROR(TOKAPU_ERROR_ABORT, tokapu_hook_abort_in_context(context), "llama-context.cpp");
        EXPECT_ERROR(TOKAPU_ERROR_POISONED, tokapu_decode(context, 1, &token, NULL, NULL, NULL, NULL, NULL), "free it");
        EXPECT(TOKAPU_ERROR_POISONED, tokapu_logits(context, -1, logits, 320));
        EXPECT(TOKAPU_ERROR_POISONED, tokapu_memory_clear(context, 0));
        OK(tokapu_context_free(context));
        OK(tokapu_decode(healthy, 1, &token, NULL, NULL, NULL, NULL, NULL));
    }
    EXPECT_ERROR(TOKAPU_ERROR_NATIVE, tokapu_hook_throw_where_nobody_may(), "could not go on");

    const int64_t sampler = new_greedy(model);
    EXPECT(TOKAPU_ERROR_ABORT, tokapu_hook_abort_in_sampler(sampler));
    EXPECT(TOKAPU_ERROR_POISONED, tokapu_sampler_accept(sampler, 5));
    OK(tokapu_sampler_free(sampler));

    EXPECT_ERROR(TOKAPU_ERROR_ABORT, tokapu_hook_abort_in_model(model), "a hook of the tests");
    int64_t info[TOKAPU_MODEL_INFO_COUNT];
    EXPECT(TOKAPU_ERROR_POISONED, tokapu_model_info(model, info, TOKAPU_MODEL_INFO_COUNT));
    OK(tokapu_model_free(model));
    OK(tokapu_context_free(healthy));
    CHECK(live_handles() == 0);
    return 0;
}
