// Libraries that are loaded at run time.
#pragma once

#include <string>

namespace tokapu {

// "tokapu" -> "libtokapu.so"; of a backend of ggml, which has a rule of its own, "ggml-cpu-x64" -> "libggml-cpu-x64.so".
std::string library_file(const std::string & name);

// The name of a library's file without what library_file() adds; empty for other files.
std::string library_name(const std::string & file);

// Null when it cannot be loaded. For good: its threads and exit handlers may run in it.
void * load_library(const std::string & path);
void * load_library_for_good(const std::string & path);
void   unload_library(void * library);

// The name by which code that knows no UTF-8 on Windows (ggml) finds a library that is loaded for good.
std::string name_once_loaded(const std::string & path);

// NVIDIA's driver: CUDA's part and the one that manages it.
const char * cuda_library();
const char * nvml_library();

// What the linker said of the last load_library() on this thread.
std::string load_error();

void * library_symbol(void * library, const char * name);

// The file that the functions of one of our libraries come from, by its name and one of them; empty when unknown.
std::string loaded_file(const std::string & name, const void * function);

}  // namespace tokapu
