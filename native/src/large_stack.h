// A stack for code of llama.cpp that recurses deeper than a Java thread's stack allows.
#pragma once

#include <functional>

namespace tokapu {

// Runs the body on a thread with a large stack and waits for it; what it throws comes back to the caller.
void on_large_stack(const std::function<void()> & body);

}  // namespace tokapu
