// Where the linker has taken llama.cpp's functions from.
#include "backend/own_libraries.h"

#include "core/guard.h"
#include "ggml-backend.h"
#include "ggml.h"
#include "llama.h"
#include "platform/files.h"
#include "platform/libraries.h"

// From common/log.h, whose file name is the same as ours.
void common_log_set_verbosity_thold(int verbosity);

namespace tokapu {

namespace {

struct Function {
    const char * library;
    const void * address;
};

// A copy of our own file in another directory is as good: several class loaders may have one each.
bool is_own(const std::string & path, const std::string & own) {
    const FileStatus found  = file_status(path);
    const FileStatus wanted = file_status(own);
    const bool       gone   = found.type == FileType::missing || wanted.type == FileType::missing;
    return gone || found.size == wanted.size;
}

}  // namespace

void require_own_libraries(const std::string & directory) {
    const Function functions[] = {
        { "tokapu-llama-common", reinterpret_cast<const void *>(&common_log_set_verbosity_thold) },
        { "tokapu-llama", reinterpret_cast<const void *>(&llama_decode) },
        { "tokapu-ggml", reinterpret_cast<const void *>(&ggml_backend_load) },
        { "tokapu-ggml-base", reinterpret_cast<const void *>(&ggml_init) },
    };
    for (const Function & function : functions) {
        const std::string own   = directory + "/" + library_file(function.library);
        const std::string found = loaded_file(function.library, function.address);
        if (!found.empty() && !is_own(found, own)) {
            fail(TOKAPU_ERROR_BACKEND,
                 "functions of '%s' are taken from '%s', which was loaded before; take it out of LD_PRELOAD, or use one version "
                 "of Tokapu in a process",
                 own.c_str(), found.c_str());
        }
    }
}

}  // namespace tokapu
