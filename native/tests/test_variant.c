/* Loads one CPU variant by name and decodes with it; exits with 77 when it cannot run here. */
#include "support.h"

#include <math.h>

int main(int argc, char ** argv) {
    CHECK(argc == 4);
    const char * variant = argv[3];
    char         list[8192];
    char         wanted[64];
    int32_t      length = 0;
    OK(tokapu_backend_cpu_variants(argv[1], (int32_t) strlen(argv[1]), list, sizeof(list) - 1, &length));
    list[length] = '\0';
    snprintf(wanted, sizeof(wanted), "%s\t", variant);
    const char * line = strncmp(list, wanted, strlen(wanted)) == 0 ? list : NULL;
    for (const char * c = list; line == NULL && *c != '\0'; c++) {
        if (*c == '\n' && strncmp(c + 1, wanted, strlen(wanted)) == 0) {
            line = c + 1;
        }
    }
    CHECK(line != NULL);
    const char * score = line + strlen(wanted);
    if (score[0] == '0') {
        CHECK(score[1] == '\t' && score[2] != '\n'); /* with a reason */
        EXPECT_ERROR(TOKAPU_ERROR_BACKEND,
                     tokapu_backend_init(argv[1], (int32_t) strlen(argv[1]), variant, (int32_t) strlen(variant), TOKAPU_NUMA_NONE),
                     "cannot run here");
        printf("%.*s\n", (int) strcspn(line, "\n"), line);
        return 77;
    }
    setup(argc, argv);
    OK(tokapu_backend_cpu_variant(list, sizeof(list), &length));
    CHECK(length == (int32_t) strlen(variant) && memcmp(list, variant, (size_t) length) == 0);
    const int64_t model   = load_model();
    const int64_t context = new_context(model);
    const int32_t tokens[16] = { 1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 };
    float         logits[320];
    OK(tokapu_decode(context, 16, tokens, NULL, NULL, NULL, NULL, NULL)); /* several tokens: the AMX path */
    OK(tokapu_decode(context, 1, tokens, NULL, NULL, NULL, NULL, NULL));
    OK(tokapu_logits(context, -1, logits, 320));
    for (int i = 0; i < 320; i++) {
        CHECK(isfinite(logits[i]));
    }
    OK(tokapu_context_free(context));
    OK(tokapu_model_free(model));
    return 0;
}
