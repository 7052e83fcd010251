#include "large_stack.h"

#include "call.h"

#include <pthread.h>

#include <exception>

namespace tokapu {

namespace {

constexpr size_t STACK_BYTES = 128U << 20U;  // reserved, not used: memory comes page by page

struct Task {
    const std::function<void()> & body;
    std::exception_ptr            thrown;
};

void * run(void * argument) {
    auto *          task = static_cast<Task *>(argument);
    const CallScope scope;
    try {
        task->body();
    } catch (...) {
        task->thrown = std::current_exception();
    }
    return nullptr;
}

}  // namespace

void on_large_stack(const std::function<void()> & body) {
    Task           task{ body, nullptr };
    pthread_attr_t attributes;
    pthread_t      thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    const int error = pthread_create(&thread, &attributes, run, &task);
    pthread_attr_destroy(&attributes);
    if (error != 0) {
        fail(TOKAPU_ERROR_MEMORY, "a thread with a stack of %zu bytes could not be started", STACK_BYTES);
    }
    pthread_join(thread, nullptr);
    if (task.thrown) {
        std::rethrow_exception(task.thrown);
    }
}

}  // namespace tokapu
