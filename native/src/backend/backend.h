#pragma once

#include "ggml-backend.h"

#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

namespace tokapu {

// Fails with TOKAPU_ERROR_BACKEND unless tokapu_backend_init() has succeeded.
void require_backend();

// The directory that tokapu_backend_init() took the CPU's backend from, and its variant.
std::pair<std::string, std::string> backend_files();

// ggml's list of backends and devices is not made for several threads: whoever reads it (loading a model does) holds a reader,
// whoever loads a backend holds the writer. Readers may be nested on a thread.
class RegistryReader {
  public:
    RegistryReader();
    ~RegistryReader();
    RegistryReader(const RegistryReader &)             = delete;
    RegistryReader & operator=(const RegistryReader &) = delete;

  private:
    std::shared_lock<std::shared_mutex> lock;
};

// Fails inside of callbacks of this thread, which may hold a reader.
std::unique_lock<std::shared_mutex> registry_writer();

}  // namespace tokapu
