// The frame of every exported function: catches everything, remembers what went wrong for tokapu_last_error().
#pragma once

#include "core/log.h"
#include "tokapu.h"

#include <exception>
#include <new>
#include <string>
#include <utility>

namespace tokapu {

// Ends a call with a status; thrown by our own checks.
struct Failure {
    int32_t     status;
    std::string message;
};

// A failed GGML_ASSERT. Not a std::exception, so that llama.cpp's own catch clauses let it pass.
struct AbortException {
    std::string message;
};

[[noreturn]] __attribute__((format(printf, 2, 3))) void fail(int32_t status, const char * format, ...);

const std::string & last_error() noexcept;

// Remembers the message, with the native log lines of this call that explain it.
int32_t set_error(int32_t status, const char * message) noexcept;

// How many guarded calls the calling thread is inside.
int guard_depth() noexcept;

class GuardScope {
  public:
    GuardScope() noexcept;
    ~GuardScope();
    GuardScope(const GuardScope &)             = delete;
    GuardScope & operator=(const GuardScope &) = delete;
};

template <class F> int32_t guarded(F && body) noexcept {
    const GuardScope scope;
    try {
        return std::forward<F>(body)();
    } catch (const Failure & e) {
        return set_error(e.status, e.message.c_str());
    } catch (const AbortException & e) {
        return set_error(TOKAPU_ERROR_ABORT, e.message.c_str());
    } catch (const std::bad_alloc &) {
        return set_error(TOKAPU_ERROR_MEMORY, "out of memory");
    } catch (const std::exception & e) {
        return set_error(TOKAPU_ERROR_NATIVE, e.what());
    } catch (...) {
        return set_error(TOKAPU_ERROR_NATIVE, "an unknown C++ exception");
    }
}

// Runs clean-up that must not throw (destructors); what goes wrong is logged.
template <class F> void swallowing(const char * what, F && body) noexcept {
    const GuardScope scope;
    try {
        std::forward<F>(body)();
    } catch (const AbortException & e) {
        log_line(TOKAPU_LOG_ERROR, std::string(what) + ": " + e.message);
    } catch (const std::exception & e) {
        log_line(TOKAPU_LOG_ERROR, std::string(what) + ": " + e.what());
    } catch (...) {
        log_line(TOKAPU_LOG_ERROR, std::string(what) + ": an unknown C++ exception");
    }
}

}  // namespace tokapu
