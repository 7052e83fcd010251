#include "backend/cpu_variants.h"

#include "backend/cpu_features.h"
#include "core/guard.h"

#include <dirent.h>
#include <dlfcn.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace tokapu {

namespace {

void rate(CpuVariant & variant) {
    variant.reason = cpu_variant_obstacle(variant.name);
    if (!variant.reason.empty()) {
        return;
    }
    void * library = dlopen(variant.path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (library == nullptr) {
        const char * error = dlerror();
        variant.reason     = error == nullptr ? "the library cannot be opened" : error;
        return;
    }
    const auto score = reinterpret_cast<int (*)()>(dlsym(library, "ggml_backend_score"));
    variant.score    = score == nullptr ? 0 : score();
    dlclose(library);
    if (variant.score <= 0) {
        variant.score  = 0;
        variant.reason = score == nullptr ? "the library does not say what it needs" :
                                            "the processor lacks an instruction set that it needs";
    }
}

}  // namespace

std::vector<CpuVariant> find_cpu_variants(const std::string & directory) {
    constexpr const char * prefix = "libggml-cpu-";
    constexpr const char * suffix = ".so";

    const std::unique_ptr<DIR, int (*)(DIR *)> entries(opendir(directory.c_str()), closedir);
    if (entries == nullptr) {
        fail(TOKAPU_ERROR_BACKEND, "the directory of the native libraries, '%s', cannot be read: %s", directory.c_str(),
             std::strerror(errno));
    }
    std::vector<CpuVariant> variants;
    while (const dirent * entry = readdir(entries.get())) {
        const std::string file = entry->d_name;
        const size_t      edge = std::strlen(prefix) + std::strlen(suffix);
        if (file.size() <= edge || file.compare(0, std::strlen(prefix), prefix) != 0 ||
            file.compare(file.size() - std::strlen(suffix), std::string::npos, suffix) != 0) {
            continue;
        }
        CpuVariant variant;
        variant.name = file.substr(std::strlen(prefix), file.size() - edge);
        variant.path = directory + "/" + file;
        rate(variant);
        variants.push_back(std::move(variant));
    }
    std::sort(variants.begin(), variants.end(), [](const CpuVariant & a, const CpuVariant & b) {
        return a.score != b.score ? a.score > b.score : a.name < b.name;
    });
    return variants;
}

}  // namespace tokapu
