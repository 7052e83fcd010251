// Compute backends: chooses and loads the CPU library, and tells which one it is.
#include "backend/backend.h"

#include "backend/cpu_variants.h"
#include "backend/numa.h"
#include "backend/own_libraries.h"
#include "core/arguments.h"
#include "ggml-backend.h"
#include "llama.h"
#include "platform/libraries.h"

namespace tokapu {

namespace {

struct Backend {
    std::shared_mutex mutex;
    std::string       variant;  // empty until loaded
    std::string       directory;
};

Backend & backend() {
    static auto * instance = new Backend();
    return *instance;
}

thread_local int t_readers = 0;

std::string names(const std::vector<CpuVariant> & variants, bool supported_only) {
    std::string list;
    for (const CpuVariant & variant : variants) {
        if (!supported_only || variant.score > 0) {
            list += (list.empty() ? "" : ", ") + variant.name;
        }
    }
    return list.empty() ? "none" : list;
}

const CpuVariant & choose(const std::vector<CpuVariant> & variants, const std::string & directory,
                          const std::string & wanted) {
    if (variants.empty()) {
        fail(TOKAPU_ERROR_BACKEND, "there is no %s in '%s'; is it the directory of the native libraries?",
             library_file("ggml-cpu-*").c_str(), directory.c_str());
    }
    for (const CpuVariant & variant : variants) {
        if (variant.name == wanted || wanted.empty()) {
            if (variant.score > 0) {
                return variant;
            }
            fail(TOKAPU_ERROR_BACKEND, "CPU variant '%s' cannot run here: %s; these can: %s", variant.name.c_str(),
                 variant.reason.c_str(), names(variants, true).c_str());
        }
    }
    fail(TOKAPU_ERROR_BACKEND, "there is no CPU variant '%s' in '%s'; there are: %s", wanted.c_str(), directory.c_str(),
         names(variants, false).c_str());
}

void load(const std::string & directory, const std::string & wanted, int32_t numa) {
    const auto lock  = registry_writer();
    Backend &  state = backend();
    if (!state.variant.empty()) {
        if (!wanted.empty() && wanted != state.variant) {
            fail(TOKAPU_ERROR_BACKEND,
                 "CPU variant '%s' was asked for but '%s' is loaded; a process uses one variant, so choose it before the "
                 "first model is loaded",
                 wanted.c_str(), state.variant.c_str());
        }
        require_numa(numa);
        return;
    }
    require_own_libraries(directory);
    const std::vector<CpuVariant> variants = find_cpu_variants(directory);
    const CpuVariant &            variant  = choose(variants, directory, wanted);
    check_numa(numa);
    llama_backend_init();
    if (load_library_for_good(variant.path) == nullptr || ggml_backend_load(name_once_loaded(variant.path).c_str()) == nullptr) {
        fail(TOKAPU_ERROR_BACKEND, "the CPU backend '%s' could not be loaded", variant.path.c_str());
    }
    start_numa(numa);
    state.variant   = variant.name;
    state.directory = directory;
}

}  // namespace

RegistryReader::RegistryReader() {
    if (t_readers == 0) {
        lock = std::shared_lock<std::shared_mutex>(backend().mutex);
    }
    t_readers++;
}

RegistryReader::~RegistryReader() {
    t_readers--;
}

std::unique_lock<std::shared_mutex> registry_writer() {
    if (t_readers > 0) {
        fail(TOKAPU_ERROR_BACKEND, "a backend cannot be loaded from a callback of a call that uses the backends");
    }
    return std::unique_lock<std::shared_mutex>(backend().mutex);
}

void require_backend() {
    const RegistryReader reading;
    if (backend().variant.empty()) {
        fail(TOKAPU_ERROR_BACKEND, "no compute backend is loaded; call tokapu_backend_init() first");
    }
}

std::pair<std::string, std::string> backend_files() {
    const RegistryReader reading;
    return { backend().directory, backend().variant };
}

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_abi_version(void) {
    return TOKAPU_ABI_VERSION;
}

int32_t tokapu_llama_version(char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] { return text_out(llama_version(), buf, capacity, length); });
}

int32_t tokapu_backend_init(const char * directory, int32_t directory_length, const char * cpu_variant,
                            int32_t cpu_variant_length, int32_t numa) {
    return guarded([&] {
        require_range(numa, TOKAPU_NUMA_NONE, TOKAPU_NUMA_NUMACTL, "numa");
        load(name_in(directory, directory_length, "directory"), text_in(cpu_variant, cpu_variant_length, "cpu_variant"), numa);
        return TOKAPU_OK;
    });
}

int32_t tokapu_backend_cpu_variants(const char * directory, int32_t directory_length, char * buf, int32_t capacity,
                                    int32_t * length) {
    return guarded([&] {
        std::string text;
        for (const CpuVariant & variant : find_cpu_variants(name_in(directory, directory_length, "directory"))) {
            text += variant.name + "\t" + std::to_string(variant.score) + "\t" + variant.reason + "\n";
        }
        return text_out(text, buf, capacity, length);
    });
}

int32_t tokapu_backend_cpu_variant(char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        std::string variant;
        {
            const RegistryReader reading;
            variant = backend().variant;
        }
        return text_out(variant, buf, capacity, length);
    });
}

int32_t tokapu_backend_system_info(char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        static std::mutex mutex;  // llama.cpp builds the text in a static buffer
        std::string       info;
        {
            const RegistryReader              reading;
            const std::lock_guard<std::mutex> lock(mutex);
            info = llama_print_system_info();
        }
        return text_out(info, buf, capacity, length);
    });
}

}  // extern "C"
