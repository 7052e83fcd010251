#include "platform/threads.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <exception>
#include <thread>
#include <utility>

namespace tokapu {

namespace {

struct Call {
    void (*function)(void *);
    void * argument;
};

void * run(void * argument) {
    const auto * call = static_cast<Call *>(argument);
    call->function(call->argument);
    return nullptr;
}

}  // namespace

bool run_on_stack(size_t stack_bytes, void (*function)(void *), void * argument) {
    Call           call{ function, argument };
    pthread_attr_t attributes;
    pthread_t      thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    const int error = pthread_create(&thread, &attributes, run, &call);
    pthread_attr_destroy(&attributes);
    if (error != 0) {
        return false;
    }
    pthread_join(thread, nullptr);
    return true;
}

void end_thread() {
    syscall(SYS_exit, 0);
    __builtin_unreachable();
}

void run_detached(std::function<void()> task) {
    std::thread(std::move(task)).detach();
}

void set_terminate_handler(void (*handler)()) {
    std::set_terminate(handler);
}

}  // namespace tokapu
