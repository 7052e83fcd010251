// Compute backends beside the CPU's, and the libraries that they need.
#include "backend/backend.h"
#include "core/arguments.h"
#include "platform/files.h"
#include "platform/libraries.h"

#include <filesystem>
#include <map>

namespace tokapu {

namespace {

// What loading a file for the first time came to.
struct Loaded {
    int32_t     n_devices;  // 0: refused
    std::string reason;
};

// Both under the registry's writer.
std::map<std::string, Loaded> & loaded_files() {
    static auto * instance = new std::map<std::string, Loaded>();
    return *instance;
}

std::string real_path(const std::string & path) {
    std::error_code             error;
    const std::filesystem::path resolved = std::filesystem::canonical(std::filesystem::u8path(path), error);
    if (error) {
        fail(TOKAPU_ERROR_BACKEND, "the backend '%s' cannot be loaded: %s", path.c_str(), error_text(error).c_str());
    }
    return resolved.u8string();
}

// The linker's own words, which on Linux name a library that is missing.
void open_library(const std::string & path, const char * what) {
    if (is_cut_short(path)) {
        fail(TOKAPU_ERROR_BACKEND, "%s '%s' cannot be loaded: the file is cut short", what, path.c_str());
    }
    if (load_library_for_good(path) == nullptr) {
        fail(TOKAPU_ERROR_BACKEND, "%s '%s' cannot be loaded: %s", what, path.c_str(), load_error().c_str());
    }
}

// A driver that is broken makes a backend's start abort or throw: the process goes on without it.
ggml_backend_reg_t start(const std::string & path) {
    try {
        return ggml_backend_load(name_once_loaded(path).c_str());
    } catch (const AbortException & e) {
        fail(TOKAPU_ERROR_BACKEND, "the backend '%s' failed to start: %s", path.c_str(), e.message.c_str());
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception & e) {
        fail(TOKAPU_ERROR_BACKEND, "the backend '%s' failed to start: %s", path.c_str(), e.what());
    }
}

Loaded load_file(const std::string & path) {
    const size_t devices = ggml_backend_dev_count();
    open_library(path, "the backend");
    ggml_backend_reg_t registered = start(path);
    if (registered == nullptr) {
        fail(TOKAPU_ERROR_BACKEND, "'%s' is not a compute backend that can run here", path.c_str());
    }
    const std::string name  = ggml_backend_reg_name(registered);
    const auto        added = static_cast<int32_t>(ggml_backend_dev_count() - devices);
    if (added > 0 && name != "CPU") {
        return { added, "" };
    }
    // No device of it is left in use, and the library itself stays: see open_library().
    ggml_backend_unload(registered);
    if (name == "CPU") {
        return { 0, "it is a CPU backend, which tokapu_backend_init() chooses" };
    }
    const std::string explanation = log_explanation();
    return { 0, "the backend " + name + " finds no device" + (explanation.empty() ? "" : ": " + explanation) };
}

int32_t load(const std::string & path) {
    const auto lock  = registry_writer();
    auto       found = loaded_files().find(path);
    if (found == loaded_files().end()) {
        found = loaded_files().emplace(path, load_file(path)).first;
    }
    if (found->second.n_devices == 0) {
        fail(TOKAPU_ERROR_BACKEND, "%s ('%s')", found->second.reason.c_str(), path.c_str());
    }
    return found->second.n_devices;
}

}  // namespace

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_backend_load(const char * path, int32_t path_length, int32_t * n_devices) {
    return guarded([&] {
        require(n_devices, "n_devices");
        const std::string name = name_in(path, path_length, "path");
        require_backend();
        *n_devices = load(real_path(name));
        return TOKAPU_OK;
    });
}

int32_t tokapu_library_open(const char * path, int32_t path_length) {
    return guarded([&] {
        open_library(name_in(path, path_length, "path"), "the library");
        return TOKAPU_OK;
    });
}

}  // extern "C"
