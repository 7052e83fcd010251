#pragma once

#include <string>

namespace tokapu {

// Fails when functions of llama.cpp come from other libraries than those in the directory: from one that was preloaded, or
// from another build of Tokapu in the process. Their structures may differ.
void require_own_libraries(const std::string & directory);

}  // namespace tokapu
