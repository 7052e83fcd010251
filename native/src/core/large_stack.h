// A stack for code of llama.cpp that recurses deeper than a Java thread's stack allows.
#pragma once

#include <cstddef>
#include <functional>

namespace tokapu {

constexpr size_t LARGE_STACK = size_t(128) << 20U;

// Runs the body on a thread with a large stack and waits for it; what it throws comes back to the caller. The size is
// reserved, not used: memory comes page by page.
void on_large_stack(const std::function<void()> & body, size_t stack_bytes = LARGE_STACK);

// For std::terminate: on such a thread an exception that may not be thrown where it was (in a destructor, say) ends the thread,
// whose caller gets a failure, and not the process. What the body held is lost. Returns on other threads.
void abandon_large_stack();

}  // namespace tokapu
