#include "backend/cpu_variants.h"

#include "backend/cpu_features.h"
#include "core/guard.h"
#include "platform/files.h"
#include "platform/libraries.h"

#include <algorithm>
#include <filesystem>

namespace tokapu {

namespace {

void rate(CpuVariant & variant) {
    variant.reason = cpu_variant_obstacle(variant.name);
    if (!variant.reason.empty()) {
        return;
    }
    void * library = load_library(variant.path);
    if (library == nullptr) {
        variant.reason = load_error();
        return;
    }
    const auto score = reinterpret_cast<int (*)()>(library_symbol(library, "ggml_backend_score"));
    variant.score    = score == nullptr ? 0 : score();
    unload_library(library);
    if (variant.score <= 0) {
        variant.score  = 0;
        variant.reason = score == nullptr ? "the library does not say what it needs" :
                                            "the processor lacks an instruction set that it needs";
    }
}

}  // namespace

std::vector<CpuVariant> find_cpu_variants(const std::string & directory) {
    namespace fs = std::filesystem;

    const std::string       prefix = "ggml-cpu-";
    std::error_code         error;
    std::vector<CpuVariant> variants;
    for (fs::directory_iterator entry(fs::u8path(directory), error); !error && entry != fs::end(entry); entry.increment(error)) {
        const std::string file = entry->path().filename().u8string();
        const std::string name = library_name(file);
        if (name.size() <= prefix.size() || name.compare(0, prefix.size(), prefix) != 0) {
            continue;
        }
        CpuVariant variant;
        variant.name = name.substr(prefix.size());
        variant.path = directory + "/" + file;
        rate(variant);
        variants.push_back(std::move(variant));
    }
    if (error) {
        fail(TOKAPU_ERROR_BACKEND, "the directory of the native libraries, '%s', cannot be read: %s", directory.c_str(),
             error_text(error).c_str());
    }
    std::sort(variants.begin(), variants.end(), [](const CpuVariant & a, const CpuVariant & b) {
        return a.score != b.score ? a.score > b.score : a.name < b.name;
    });
    return variants;
}

}  // namespace tokapu
