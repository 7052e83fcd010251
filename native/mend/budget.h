// Limits of what a chat template, which comes with a downloaded file, may use. Built into libllama-common (budget.cpp); the shim
// sets the limits around its calls.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tokapu_mend {

enum class Limit { none, depth, bytes, steps };

// Thrown when a limit is passed. No std::exception: llama.cpp catches those and goes on.
struct BudgetExceeded {
    Limit limit;
};

struct BudgetLimits {
    size_t   stack_bytes;  // from the call of begin_budget() downwards
    size_t   bytes;        // that are allocated at a time
    uint64_t steps;        // calls of functions, allocations, pieces of memory
};

// The calling thread's calls into libllama-common have a budget until end_budget().
void begin_budget(const BudgetLimits & limits);

// Answers which limit was passed, also where the exception did not arrive because somebody caught it.
Limit end_budget();

}  // namespace tokapu_mend
