#include "core/large_stack.h"

#include "core/guard.h"
#include "platform/threads.h"

#include <exception>

namespace tokapu {

namespace {

struct Task {
    const std::function<void()> & body;
    std::exception_ptr            thrown;
    bool                          abandoned;
};

thread_local Task * t_task = nullptr;

void run(void * argument) {
    auto * task = static_cast<Task *>(argument);
    t_task      = task;
    const GuardScope scope;
    try {
        task->body();
    } catch (...) {
        task->thrown = std::current_exception();
    }
    t_task = nullptr;
}

}  // namespace

void on_large_stack(const std::function<void()> & body, size_t stack_bytes) {
    Task task{ body, nullptr, false };
    if (!run_on_stack(stack_bytes, run, &task)) {
        fail(TOKAPU_ERROR_MEMORY, "a thread with a stack of %zu bytes could not be started", stack_bytes);
    }
    if (task.thrown) {
        std::rethrow_exception(task.thrown);
    }
    if (task.abandoned) {
        fail(TOKAPU_ERROR_NATIVE, "llama.cpp could not go on and the call was given up; its memory is lost");
    }
}

void abandon_large_stack() {
    if (t_task != nullptr) {
        t_task->abandoned = true;
        end_thread();  // on_large_stack() goes on
    }
}

}  // namespace tokapu
