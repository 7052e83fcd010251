// The variant that is built for this machine is the one that the loader takes from all of them.
#include "backend/cpu_features.h"
#include "tokapu.h"

#include <cstdio>
#include <cstring>
#include <string>

int main(int, char ** argv) {
    char    list[8192];
    int32_t length = 0;
    if (tokapu_backend_cpu_variants(argv[1], static_cast<int32_t>(std::strlen(argv[1])), list, sizeof(list), &length) != TOKAPU_OK) {
        std::puts("the variants cannot be listed");
        return 1;
    }
    const std::string all(list, static_cast<size_t>(length));
    const std::string chosen = all.substr(0, all.find('\t'));
    const std::string built  = tokapu::best_cpu_variant();
    std::printf("chosen %s, built %s\n", chosen.c_str(), built.c_str());
    return chosen == built ? 0 : 1;
}
