#include "platform/threads.h"

#include <process.h>
#include <windows.h>

#include <exception>
#include <memory>
#include <system_error>
#include <utility>

namespace tokapu_mend {

// native/mend/terminate_windows.cpp: each DLL has a C++ library of its own.
void set_terminate(std::terminate_handler handler);

}  // namespace tokapu_mend

namespace tokapu {

namespace {

struct Call {
    void (*function)(void *);
    void * argument;
};

unsigned __stdcall run(void * argument) {
    const auto * call = static_cast<Call *>(argument);
    call->function(call->argument);
    return 0;
}

using Task = std::function<void()>;

unsigned __stdcall run_task(void * argument) {
    const std::unique_ptr<Task> task(static_cast<Task *>(argument));
    (*task)();
    return 0;
}

}  // namespace

bool run_on_stack(size_t stack_bytes, void (*function)(void *), void * argument) {
    Call       call{ function, argument };
    const auto size   = static_cast<unsigned>(stack_bytes);
    const auto thread = stack_bytes > UINT_MAX ? 0 : _beginthreadex(nullptr, size, run, &call, STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr);
    if (thread == 0) {
        return false;
    }
    WaitForSingleObject(reinterpret_cast<HANDLE>(thread), INFINITE);
    CloseHandle(reinterpret_cast<HANDLE>(thread));
    return true;
}

void end_thread() {
    TerminateThread(GetCurrentThread(), 0);
    __builtin_unreachable();
}

// Not std::thread: winpthreads uses the memory of a detached thread again while that one ends.
void run_detached(std::function<void()> task) {
    auto       owned  = std::make_unique<Task>(std::move(task));
    const auto thread = _beginthreadex(nullptr, 0, run_task, owned.get(), 0, nullptr);
    if (thread == 0) {
        throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    }
    static_cast<void>(owned.release());
    CloseHandle(reinterpret_cast<HANDLE>(thread));
}

void set_terminate_handler(void (*handler)()) {
    std::set_terminate(handler);
    tokapu_mend::set_terminate(handler);
}

}  // namespace tokapu
