// Handles: numbers in a table, never pointers, so that a stale or foreign handle is an error and not a crash.
#pragma once

#include "core/guard.h"

#include <atomic>
#include <cstdint>
#include <memory>

namespace tokapu {

enum class Kind { model, context, sampler, chat_template, placement, state, state_copy, adapter, answer_parser };

const char * kind_name(Kind kind);

class Object {
  public:
    explicit Object(Kind kind) : kind(kind) {}
    virtual ~Object()                  = default;
    Object(const Object &)             = delete;
    Object & operator=(const Object &) = delete;

    const Kind        kind;
    std::atomic<bool> poisoned{ false };  // a caught abort happened inside
    std::atomic<bool> busy{ false };      // a call is inside (contexts and samplers)
};

int64_t put_handle(std::shared_ptr<Object> object);

// The object, or a Failure with TOKAPU_ERROR_HANDLE; poisoned objects are found as well.
std::shared_ptr<Object> find_handle(int64_t handle, Kind kind);

// Takes the handle out of the table; the caller holds the returned object for as long as it needs it.
std::shared_ptr<Object> take_handle(int64_t handle, Kind kind);

int64_t count_handles();

[[noreturn]] void fail_poisoned(Kind kind);
[[noreturn]] void fail_busy(Kind kind);

template <class T> std::shared_ptr<T> get(int64_t handle) {
    auto object = std::static_pointer_cast<T>(find_handle(handle, T::KIND));
    if (object->poisoned.load(std::memory_order_acquire)) {
        fail_poisoned(T::KIND);
    }
    return object;
}

// One call at a time: a second thread gets TOKAPU_ERROR_BUSY.
class Exclusive {
  public:
    explicit Exclusive(Object & object) : object(object) {
        if (object.busy.exchange(true, std::memory_order_acquire)) {
            fail_busy(object.kind);
        }
    }

    ~Exclusive() { object.busy.store(false, std::memory_order_release); }

    Exclusive(const Exclusive &)             = delete;
    Exclusive & operator=(const Exclusive &) = delete;

  private:
    Object & object;
};

// Runs code of llama.cpp that belongs to an object: an abort inside poisons the object.
template <class F> auto poisoning(Object & object, F && body) {
    try {
        return std::forward<F>(body)();
    } catch (const AbortException &) {
        object.poisoned.store(true, std::memory_order_release);
        throw;
    }
}

}  // namespace tokapu
