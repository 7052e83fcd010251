#include "platform/libraries.h"

#include "platform/windows/text.h"

#include <windows.h>

namespace tokapu {

namespace {

const std::string SUFFIX = ".dll";

thread_local DWORD t_error = 0;

std::string file_of(HMODULE library) {
    std::wstring path(MAX_PATH, L'\0');
    for (;;) {
        const DWORD length = GetModuleFileNameW(library, path.data(), static_cast<DWORD>(path.size()));
        if (length < path.size()) {
            path.resize(length);
            return narrow(path);
        }
        path.resize(path.size() * 2);
    }
}

// This library is never unloaded: its threads and those of llama.cpp live as long as the process.
[[maybe_unused]] const bool pinned = [] {
    HMODULE self = nullptr;
    return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                              reinterpret_cast<LPCWSTR>(reinterpret_cast<const void *>(&file_of)), &self) != 0;
}();

}  // namespace

std::string library_file(const std::string & name) {
    return name + SUFFIX;
}

std::string library_name(const std::string & file) {
    if (file.size() <= SUFFIX.size() || file.compare(file.size() - SUFFIX.size(), SUFFIX.size(), SUFFIX) != 0) {
        return "";
    }
    return file.substr(0, file.size() - SUFFIX.size());
}

// Libraries that a library needs are looked for beside it.
void * load_library(const std::string & path) {
    const bool  with_folder = path.find_first_of("/\\") != std::string::npos;
    DWORD       before      = 0;
    SetThreadErrorMode(SEM_FAILCRITICALERRORS, &before);  // no dialogs
    const HMODULE library = LoadLibraryExW(wide_path(path).c_str(), nullptr,
                                           with_folder ? LOAD_WITH_ALTERED_SEARCH_PATH : LOAD_LIBRARY_SEARCH_SYSTEM32);
    t_error               = library == nullptr ? GetLastError() : 0;
    SetThreadErrorMode(before, nullptr);
    return library;
}

// Nothing takes out of the process what nobody unloads.
void * load_library_for_good(const std::string & path) {
    return load_library(path);
}

void unload_library(void * library) {
    FreeLibrary(static_cast<HMODULE>(library));
}

std::string name_once_loaded(const std::string & path) {
    return path.substr(path.find_last_of("/\\") + 1);
}

const char * cuda_library() {
    return "nvcuda.dll";
}

const char * nvml_library() {
    return "nvml.dll";
}

std::string load_error() {
    return t_error == 0 ? "" : error_text(t_error);
}

void * library_symbol(void * library, const char * name) {
    return reinterpret_cast<void *>(GetProcAddress(static_cast<HMODULE>(library), name));
}

// The address of a function of another library is that of a jump to it, in this one.
std::string loaded_file(const std::string & name, const void * function) {
    HMODULE           library = nullptr;
    const std::string file    = library_file(name);
    if (GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                           static_cast<LPCWSTR>(function), &library) != 0) {
        const std::string path = file_of(library);
        if (path.substr(path.rfind('\\') + 1) == file) {
            return path;
        }
    }
    library = GetModuleHandleW(wide(file).c_str());
    return library == nullptr ? "" : file_of(library);
}

}  // namespace tokapu
