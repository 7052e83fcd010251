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

// Makes the first write to a page take as long as 4 KiB do, for bytes that are filled in parts while others wait: where the host of a
// virtual machine has to find a page, that is 10 us and not 5 ms. All of it takes longer than with large pages that the host has.
inline void take_small_pages(StateBytes & bytes) {
#ifdef __linux__
    constexpr size_t PAGE  = 4096;
    const size_t     begin = (reinterpret_cast<uintptr_t>(bytes.data()) + PAGE - 1) / PAGE * PAGE;
    const size_t     end   = reinterpret_cast<uintptr_t>(bytes.data() + bytes.size()) / PAGE * PAGE;
    if (end > begin) {
        madvise(reinterpret_cast<void *>(begin), end - begin, MADV_NOHUGEPAGE);  // no harm where it is refused
    }
#else
    (void) bytes;
#endif
}

}  // namespace tokapu
