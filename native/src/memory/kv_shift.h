// Whether llama.cpp can move the positions of a context's KV cache.
#pragma once

#include "context/context.h"

#include <string>

namespace tokapu {

// Why it cannot, for people; empty where it can.
std::string no_shift_reason(const Context & context);

}  // namespace tokapu
