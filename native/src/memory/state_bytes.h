#pragma once

#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>
#include <vector>

#ifdef __linux__
#    include <sys/mman.h>
#endif

namespace tokapu {

// Memory for states, which are large and written once: it is not cleared first, and comes in large pages where the system has
// them. Clearing and small pages take several times as long as the copy itself.
template <class T> class StateAllocator {
  public:
    using value_type = T;

    StateAllocator() = default;
    template <class U> StateAllocator(const StateAllocator<U> &) {}

    T * allocate(size_t count) {
        const size_t bytes = count * sizeof(T);
#ifdef __linux__
        if (bytes >= LARGE) {
            void * const memory = std::aligned_alloc(PAGE, (bytes + PAGE - 1) / PAGE * PAGE);
            if (memory == nullptr) {
                throw std::bad_alloc();
            }
            madvise(memory, bytes, MADV_HUGEPAGE);  // no harm where it is refused
            return static_cast<T *>(memory);
        }
#endif
        void * const memory = std::malloc(bytes);
        if (memory == nullptr) {
            throw std::bad_alloc();
        }
        return static_cast<T *>(memory);
    }

    void deallocate(T * memory, size_t) { std::free(memory); }

    // Nothing, where a value is not given.
    template <class U> void construct(U *) {}

    template <class U, class... Values> void construct(U * place, Values &&... values) {
        ::new (static_cast<void *>(place)) U(std::forward<Values>(values)...);
    }

    bool operator==(const StateAllocator &) const { return true; }

    bool operator!=(const StateAllocator &) const { return false; }

  private:
    static constexpr size_t PAGE  = size_t{ 1 } << 21U;
    static constexpr size_t LARGE = 2 * PAGE;
};

using StateBytes = std::vector<uint8_t, StateAllocator<uint8_t>>;

}  // namespace tokapu
