#include "core/large_stack.h"

#include "core/guard.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <exception>

namespace tokapu {

namespace {

struct Task {
    const std::function<void()> & body;
    std::exception_ptr            thrown;
    bool                          abandoned;
};

thread_local Task * t_task = nullptr;

void * run(void * argument) {
    auto * task = static_cast<Task *>(argument);
    t_task      = task;
    const GuardScope scope;
    try {
        task->body();
    } catch (...) {
        task->thrown = std::current_exception();
    }
    t_task = nullptr;
    return nullptr;
}

}  // namespace

void on_large_stack(const std::function<void()> & body, size_t stack_bytes) {
    Task           task{ body, nullptr, false };
    pthread_attr_t attributes;
    pthread_t      thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    const int error = pthread_create(&thread, &attributes, run, &task);
    pthread_attr_destroy(&attributes);
    if (error != 0) {
        fail(TOKAPU_ERROR_MEMORY, "a thread with a stack of %zu bytes could not be started", stack_bytes);
    }
    pthread_join(thread, nullptr);
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
        syscall(SYS_exit, 0);  // without unwinding; on_large_stack() goes on
    }
}

}  // namespace tokapu
