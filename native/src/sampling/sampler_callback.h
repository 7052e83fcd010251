// Samplers in the caller's code.
#pragma once

#include "sampling/sampler.h"

namespace tokapu {

// After a chain was copied its callbacks are those of the original: gives them copies of their own.
void clone_callbacks(const Sampler & sampler);

}  // namespace tokapu
