// Counts what the code of libllama-common does while a budget is active on its thread. Nothing of llama.cpp is changed:
// - the files of the template engine are compiled with -finstrument-functions, which calls a function of ours at the begin of
//   each of theirs: steps and the depth of the stack;
// - the linker turns its uses of operator new and delete, and of what walks through memory, into those below (--wrap): bytes, and
//   steps of code that calls nothing else (native/cmake/llama_inject.cmake).
#include "budget.h"

#include <malloc.h>

#include <cstdlib>
#include <exception>
#include <new>

#define TOKAPU_HIDDEN __attribute__((visibility("hidden")))
#define TOKAPU_SHOWN __attribute__((visibility("default")))

namespace tokapu_mend {

namespace {

// A step is about 50 ns. Memory that is allocated is also filled, often character by character.
constexpr size_t ALLOCATED_IN_A_STEP  = 32;
constexpr size_t COPIED_IN_A_STEP     = 256;
constexpr int    CHARACTERS_IN_A_STEP = 8;

struct Budget {
    uintptr_t stack_end  = 0;
    int64_t   bytes      = 0;  // left
    int64_t   steps      = 0;  // left
    int       characters = 0;  // looked at since the last step for them
    Limit     passed     = Limit::none;
};

thread_local Budget   t_budget;
thread_local Budget * t_active = nullptr;

// Once passed, every further step throws: code that catches everything does not go on. No throw from a destructor that an
// exception calls.
void pass(Budget & budget, Limit limit) {
    if (budget.passed == Limit::none) {
        budget.passed = limit;
    }
    budget.steps = -1;
    if (std::uncaught_exceptions() == 0) {
        throw BudgetExceeded{ budget.passed };
    }
}

inline void step(Budget & budget, int64_t n) {
    budget.steps -= n;
    if (__builtin_expect(budget.steps < 0, 0)) {
        pass(budget, Limit::steps);
    }
}

inline void check_stack(Budget & budget) {
    if (__builtin_expect(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < budget.stack_end, 0)) {
        pass(budget, Limit::depth);
    }
}

// Counts work in functions that must not throw.
inline void count_work(size_t bytes) {
    if (t_active != nullptr) {
        t_active->steps -= static_cast<int64_t>(bytes / COPIED_IN_A_STEP);
    }
}

// Whether no work is to be done any more.
inline bool is_spent() {
    return t_active != nullptr && t_active->steps < 0;
}

inline void count_character() {
    Budget * budget = t_active;
    if (budget != nullptr && ++budget->characters == CHARACTERS_IN_A_STEP) {
        budget->characters = 0;
        budget->steps--;
    }
}

// Before an allocation.
inline void count_new(size_t size) {
    Budget * budget = t_active;
    if (budget != nullptr) {
        if (size > static_cast<size_t>(budget->bytes < 0 ? 0 : budget->bytes)) {
            pass(*budget, Limit::bytes);
        }
        step(*budget, 1 + static_cast<int64_t>(size / ALLOCATED_IN_A_STEP));
        check_stack(*budget);
    }
}

inline void * counted(void * memory) {
    if (t_active != nullptr) {
        t_active->bytes -= static_cast<int64_t>(malloc_usable_size(memory));
    }
    return memory;
}

inline void count_delete(void * memory) {
    if (t_active != nullptr && memory != nullptr) {
        t_active->bytes += static_cast<int64_t>(malloc_usable_size(memory));
    }
}

}  // namespace

TOKAPU_SHOWN void begin_budget(const BudgetLimits & limits) {
    t_budget           = {};
    t_budget.stack_end = reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - limits.stack_bytes;
    t_budget.bytes     = static_cast<int64_t>(limits.bytes);
    t_budget.steps     = static_cast<int64_t>(limits.steps);
    t_active           = &t_budget;
}

TOKAPU_SHOWN Limit end_budget() {
    t_active = nullptr;
    return t_budget.passed;
}

}  // namespace tokapu_mend

using namespace tokapu_mend;

extern "C" {

void __cyg_profile_func_enter(void * /*function*/, void * /*caller*/) {
    Budget * budget = t_active;
    if (budget != nullptr) {
        step(*budget, 1);
        check_stack(*budget);
    }
}

void __cyg_profile_func_exit(void * /*function*/, void * /*caller*/) {}

// The names that ld gives with --wrap.
void * __real__Znwm(size_t size);
void * __real__Znam(size_t size);
void   __real__ZdlPv(void * memory);
void   __real__ZdaPv(void * memory);
int    __real_memcmp(const void * a, const void * b, size_t size);
void * __real_memchr(const void * memory, int c, size_t size);
void * __real_memcpy(void * to, const void * from, size_t size);
void * __real_memmove(void * to, const void * from, size_t size);
int    __real_islower(int c);
int    __real_isupper(int c);

TOKAPU_HIDDEN void * __wrap__Znwm(size_t size) {
    count_new(size);
    return counted(__real__Znwm(size));
}

TOKAPU_HIDDEN void * __wrap__Znam(size_t size) {
    count_new(size);
    return counted(__real__Znam(size));
}

TOKAPU_HIDDEN void __wrap__ZdlPv(void * memory) {
    count_delete(memory);
    __real__ZdlPv(memory);
}

TOKAPU_HIDDEN void __wrap__ZdlPvm(void * memory, size_t /*size*/) {
    __wrap__ZdlPv(memory);
}

TOKAPU_HIDDEN void __wrap__ZdaPv(void * memory) {
    count_delete(memory);
    __real__ZdaPv(memory);
}

TOKAPU_HIDDEN void __wrap__ZdaPvm(void * memory, size_t /*size*/) {
    __wrap__ZdaPv(memory);
}

// Searches in strings are these two. When the budget is spent, memchr finds nothing, which ends the loops that search again, and
// memcmp finds all equal, which ends the search backwards; the next step throws.
TOKAPU_HIDDEN int __wrap_memcmp(const void * a, const void * b, size_t size) {
    count_work(size);
    return is_spent() ? 0 : __real_memcmp(a, b, size);
}

TOKAPU_HIDDEN void * __wrap_memchr(const void * memory, int c, size_t size) {
    if (is_spent()) {
        return nullptr;
    }
    void * found = __real_memchr(memory, c, size);
    count_work(found == nullptr ? size : static_cast<size_t>(static_cast<char *>(found) - static_cast<const char *>(memory)));
    return found;
}

// What replaces, erases and splits moves the rest of the text for each place.
TOKAPU_HIDDEN void * __wrap_memcpy(void * to, const void * from, size_t size) {
    count_work(size);
    return __real_memcpy(to, from, size);
}

TOKAPU_HIDDEN void * __wrap_memmove(void * to, const void * from, size_t size) {
    count_work(size);
    return __real_memmove(to, from, size);
}

// The tests "upper" and "lower" look at each character of a text and copy none.
TOKAPU_HIDDEN int __wrap_islower(int c) {
    count_character();
    return __real_islower(c);
}

TOKAPU_HIDDEN int __wrap_isupper(int c) {
    count_character();
    return __real_isupper(c);
}

}  // extern "C"
