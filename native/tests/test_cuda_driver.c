/* What tokapu_cuda_driver() answers where LD_LIBRARY_PATH has a driver: the third argument, with a tab as ':'. */
#include "support.h"

int main(int argc, char ** argv) {
    char    text[256];
    int32_t length = -1;
    CHECK(argc == 4);
    OK(tokapu_cuda_driver(text, sizeof(text) - 1, &length));
    text[length] = '\0';
    for (char * c = text; *c != '\0'; c++) {
        *c = *c == '\t' ? ':' : *c;
    }
    printf("'%s' instead of '%s'\n", text, argv[3]);
    CHECK(strcmp(text, argv[3]) == 0);
    EXPECT(length == 0 ? TOKAPU_OK : TOKAPU_ERROR_BUFFER, tokapu_cuda_driver(NULL, 0, &length));
    return 0;
}
