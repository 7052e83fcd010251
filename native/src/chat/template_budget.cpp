#include "chat/template_budget.h"

#include "../mend/budget.h"
#include "core/guard.h"
#include "core/large_stack.h"

#include <cstdint>
#include <exception>

namespace tokapu {

namespace {

using tokapu_mend::BudgetLimits;
using tokapu_mend::Limit;

constexpr size_t   DEPTH             = size_t(16) << 20U;   // of stack: some thousand calls of macros
constexpr size_t   BYTES             = size_t(256) << 20U;
constexpr size_t   BYTES_PER_BYTE    = 16;
constexpr uint64_t STEPS             = 20'000'000;  // about a second
constexpr uint64_t STEPS_PER_BYTE    = 20;
constexpr uint64_t STEPS_PER_SQUARE  = 600;  // of the number of messages
// Destructors recurse through values that loops have nested: they take less than a byte of stack for each byte of the budget.
constexpr size_t   STACK_RESERVE     = size_t(64) << 20U;

[[noreturn]] void refuse(Limit limit, const BudgetLimits & limits) {
    switch (limit) {
        case Limit::depth:
            fail(TOKAPU_ERROR_TEMPLATE, "chat template: it nests too deeply or calls itself without end");
        case Limit::bytes:
            fail(TOKAPU_ERROR_TEMPLATE, "chat template: it takes more than %zu bytes of memory", limits.bytes);
        default:
            fail(TOKAPU_ERROR_TEMPLATE, "chat template: it runs for more than %llu steps",
                 static_cast<unsigned long long>(limits.steps));
    }
}

}  // namespace

void within_template_budget(const TemplateInput & input, const std::function<void()> & body) {
    const BudgetLimits limits = { DEPTH, BYTES + BYTES_PER_BYTE * input.bytes,
                                  STEPS + STEPS_PER_BYTE * input.bytes + STEPS_PER_SQUARE * input.messages * input.messages };
    on_large_stack(
        [&] {
            std::exception_ptr thrown;
            tokapu_mend::begin_budget(limits);
            try {
                body();
            } catch (...) {
                thrown = std::current_exception();
            }
            // A passed limit explains whatever was thrown, and nothing may be where somebody caught it.
            const Limit passed = tokapu_mend::end_budget();
            if (passed != Limit::none) {
                refuse(passed, limits);
            }
            if (thrown) {
                std::rethrow_exception(thrown);
            }
        },
        STACK_RESERVE + limits.bytes);
}

void free_on_large_stack(const std::function<void()> & body) {
    on_large_stack(body, STACK_RESERVE + BYTES + BYTES_PER_BYTE * MAX_TEMPLATE_BYTES);
}

void require_json_depth(const char * text, size_t size, int max_depth, const char * what) {
    int  depth     = 0;
    bool in_string = false;
    for (size_t i = 0; i < size; i++) {
        const char c = text[i];
        if (in_string) {
            i += c == '\\' ? 1 : 0;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if ((c == '{' || c == '[') && ++depth > max_depth) {
            fail(TOKAPU_ERROR_TEMPLATE, "chat template: %s: more than %d levels of nesting", what, max_depth);
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
}

}  // namespace tokapu
