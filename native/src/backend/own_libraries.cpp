// Where the linker has taken llama.cpp's functions from.
#include "backend/own_libraries.h"

#include "core/guard.h"
#include "ggml-backend.h"
#include "ggml.h"
#include "llama.h"

#include <dlfcn.h>
#include <sys/stat.h>

// From common/log.h, whose file name is the same as ours.
void common_log_set_verbosity_thold(int verbosity);

namespace tokapu {

namespace {

struct Function {
    const char * library;
    const void * address;
};

bool is_same_file(const struct stat & left, const struct stat & right) {
    return left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

// A copy of our own file in another directory is as good: several class loaders may have one each.
bool is_own(const char * path, const std::string & own) {
    struct stat found {};
    struct stat wanted {};
    if (stat(path, &found) != 0 || stat(own.c_str(), &wanted) != 0) {
        return true;  // deleted meanwhile: nothing to compare with
    }
    return is_same_file(found, wanted) || found.st_size == wanted.st_size;
}

}  // namespace

void require_own_libraries(const std::string & directory) {
    const Function functions[] = {
        { "libtokapu-llama-common.so", reinterpret_cast<const void *>(&common_log_set_verbosity_thold) },
        { "libtokapu-llama.so", reinterpret_cast<const void *>(&llama_decode) },
        { "libtokapu-ggml.so", reinterpret_cast<const void *>(&ggml_backend_load) },
        { "libtokapu-ggml-base.so", reinterpret_cast<const void *>(&ggml_init) },
    };
    for (const Function & function : functions) {
        Dl_info           info{};
        const std::string own = directory + "/" + function.library;
        if (dladdr(function.address, &info) != 0 && info.dli_fname != nullptr && !is_own(info.dli_fname, own)) {
            fail(TOKAPU_ERROR_BACKEND,
                 "functions of '%s' are taken from '%s', which was loaded before; take it out of LD_PRELOAD, or use one version "
                 "of Tokapu in a process",
                 own.c_str(), info.dli_fname);
        }
    }
}

}  // namespace tokapu
