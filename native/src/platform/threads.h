#pragma once

#include <cstddef>
#include <functional>

namespace tokapu {

// Runs a function on a thread with a stack of this size, reserved and not used, and waits for it. False when there is no such thread.
bool run_on_stack(size_t stack_bytes, void (*function)(void *), void * argument);

// Ends the calling thread, which run_on_stack() has made, without unwinding its stack.
[[noreturn]] void end_thread();

// Runs a task on a thread that nobody waits for.
void run_detached(std::function<void()> task);

// As std::set_terminate(), for all our libraries; on Windows, where each has a C++ library of its own, for this one and llama-common.
void set_terminate_handler(void (*handler)());

}  // namespace tokapu
