#include "core/guard.h"

#include "core/large_stack.h"
#include "ggml.h"
#include "platform/threads.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace tokapu {

namespace {

thread_local int         t_depth = 0;
thread_local std::string t_last_error;

// Called by ggml when an assertion fails, on the thread where it fails. Throwing is possible only where one of our
// guards is below on the stack; elsewhere (compute threads) the message is logged and ggml ends the process.
void on_abort(const char * message) {
    if (t_depth > 0) {
        throw AbortException{ std::string("native assertion failed: ") + message };
    }
    log_line(TOKAPU_LOG_ERROR, std::string("native assertion failed outside of a guarded call: ") + message);
}

[[noreturn]] void on_terminate() {
    log_line(TOKAPU_LOG_ERROR, "std::terminate was called: an exception escaped from a native thread");
    abandon_large_stack();
    std::abort();
}

// Replaces ggml's handlers, which would print to stderr and start a debugger.
[[maybe_unused]] const bool installed = [] {
    ggml_set_abort_callback(on_abort);
    set_terminate_handler(on_terminate);
    return true;
}();

}  // namespace

void fail(int32_t status, const char * format, ...) {
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    const int   length = std::vsnprintf(nullptr, 0, format, args);
    std::string text(length > 0 ? static_cast<size_t>(length) : 0, '\0');
    if (length > 0) {
        std::vsnprintf(text.data(), text.size() + 1, format, again);
    }
    va_end(again);
    va_end(args);
    throw Failure{ status, std::move(text) };
}

const std::string & last_error() noexcept {
    return t_last_error;
}

int32_t set_error(int32_t status, const char * message) noexcept {
    try {
        std::string       text        = message;
        const std::string explanation = log_explanation();
        if (!explanation.empty() && text.find(explanation) == std::string::npos) {
            text += " [llama.cpp: " + explanation + "]";
        }
        t_last_error = std::move(text);
    } catch (...) {
        t_last_error.clear();
    }
    return status;
}

int guard_depth() noexcept {
    return t_depth;
}

GuardScope::GuardScope() noexcept {
    if (t_depth++ == 0) {
        log_begin_call();
    }
}

GuardScope::~GuardScope() {
    if (--t_depth == 0) {
        log_end_call();
    }
}

}  // namespace tokapu

extern "C" int32_t tokapu_last_error(char * buf, int32_t capacity, int32_t * length) {
    const std::string & text = tokapu::last_error();
    if (length == nullptr || capacity < 0 || (buf == nullptr && capacity > 0)) {
        return TOKAPU_ERROR_ARGUMENT;
    }
    *length = static_cast<int32_t>(text.size());
    if (*length > capacity) {
        return TOKAPU_ERROR_BUFFER;
    }
    text.copy(buf, text.size());
    return TOKAPU_OK;
}
