/* States where flash attention is off although it was not asked to be: V lies otherwise than where it was asked to be off. */
#include "hooks.h"
#include "support.h"

static int64_t context_with(int64_t model, int64_t flash_attention) {
    struct context_options options                = small_options();
    int64_t                context                = 0;
    options.ints[TOKAPU_CONTEXT_I_FLASH_ATTN_TYPE] = flash_attention;
    OK(try_context(model, &options, &context));
    return context;
}

static void key_of(int64_t context, char * key, int32_t capacity) {
    int32_t length = 0;
    OK(tokapu_context_state_key(context, key, capacity - 1, &length));
    key[length] = '\0';
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    const int64_t model    = load_model();
    const int64_t resolved = context_with(model, -1);
    const int64_t with     = context_with(model, 1);
    const int64_t without  = context_with(model, 0);
    char          keys[3][2000];
    int64_t       state = 0;
    OK(tokapu_hook_no_flash_attention(resolved));
    for (int32_t token = 5; token < 15; token++) {
        OK(tokapu_decode(resolved, 1, &token, NULL, NULL, NULL, NULL, NULL));
    }
    OK(tokapu_state_save(resolved, 0, 0, &state));

    key_of(resolved, keys[0], sizeof(keys[0]));
    key_of(with, keys[1], sizeof(keys[1]));
    key_of(without, keys[2], sizeof(keys[2]));
    CHECK(strcmp(keys[0], keys[1]) == 0);
    OK(tokapu_state_restore(state, with, 0, 0));
    CHECK(strcmp(keys[0], keys[2]) != 0);
    CHECK(strstr(keys[0], "\nV laid out for flash attention\tyes\n") != NULL);
    CHECK(strstr(keys[2], "\nV laid out for flash attention\tno\n") != NULL);
    EXPECT_ERROR(TOKAPU_ERROR_STATE, tokapu_state_restore(state, without, 0, 0), "V transposition");

    OK(tokapu_state_free(state));
    OK(tokapu_context_free(resolved));
    OK(tokapu_context_free(with));
    OK(tokapu_context_free(without));
    OK(tokapu_model_free(model));
    CHECK(live_handles() == 0);
    return 0;
}
