#pragma once

#include <cstdint>

namespace tokapu {

// The processors that this process may use; 0 when unknown.
int32_t usable_processors();

// The physical cores that this process may use, of several kinds only the fastest; 0 when unknown.
int32_t performance_cores();

// Memory and swap of this machine in bytes; 0 when unknown.
double machine_memory();

}  // namespace tokapu
