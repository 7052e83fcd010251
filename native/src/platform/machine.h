#pragma once

#include <cstdint>

namespace tokapu {

// The processors that this process may use; 0 when unknown.
int32_t usable_processors();

// Memory and swap of this machine in bytes; 0 when unknown.
double machine_memory();

}  // namespace tokapu
