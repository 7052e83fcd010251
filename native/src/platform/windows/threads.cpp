#include "platform/threads.h"

#include <process.h>
#include <windows.h>

#include <exception>

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

void set_terminate_handler(void (*handler)()) {
    std::set_terminate(handler);
    tokapu_mend::set_terminate(handler);
}

}  // namespace tokapu
