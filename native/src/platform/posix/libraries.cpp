#include "platform/libraries.h"

#include <dlfcn.h>

namespace tokapu {

namespace {

const std::string PREFIX = "lib";
const std::string SUFFIX = ".so";

}  // namespace

std::string library_file(const std::string & name) {
    return PREFIX + name + SUFFIX;
}

std::string library_name(const std::string & file) {
    const size_t edge = PREFIX.size() + SUFFIX.size();
    if (file.size() <= edge || file.compare(0, PREFIX.size(), PREFIX) != 0 ||
        file.compare(file.size() - SUFFIX.size(), SUFFIX.size(), SUFFIX) != 0) {
        return "";
    }
    return file.substr(PREFIX.size(), file.size() - edge);
}

void * load_library(const std::string & path) {
    return dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
}

void * load_library_for_good(const std::string & path) {
    return dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

void unload_library(void * library) {
    dlclose(library);
}

std::string name_once_loaded(const std::string & path) {
    return path;
}

const char * cuda_library() {
    return "libcuda.so.1";
}

const char * nvml_library() {
    return "libnvidia-ml.so.1";
}

std::string load_error() {
    const char * error = dlerror();
    return error == nullptr ? "the library cannot be opened" : error;
}

void * library_symbol(void * library, const char * name) {
    return dlsym(library, name);
}

std::string loaded_file(const std::string & /*name*/, const void * function) {
    Dl_info info{};
    return dladdr(function, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "";
}

}  // namespace tokapu
