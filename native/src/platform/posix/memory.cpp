#include "platform/memory.h"

#include <sys/mman.h>

#include <cstdlib>

namespace tokapu {

namespace {

constexpr size_t PAGE = size_t{ 1 } << 21U;

}  // namespace

void * allocate_in_large_pages(size_t size) {
    if (size < PAGE) {
        return std::malloc(size);
    }
    void * const memory = std::aligned_alloc(PAGE, (size + PAGE - 1) / PAGE * PAGE);
    if (memory != nullptr) {
        madvise(memory, size, MADV_HUGEPAGE);  // no harm where it is refused
    }
    return memory;
}

void use_small_pages(void * memory, size_t size) {
    if (size >= PAGE) {
        madvise(memory, size / PAGE * PAGE, MADV_NOHUGEPAGE);  // no harm where it is refused
    }
}

void take_pages([[maybe_unused]] void * memory, [[maybe_unused]] size_t size) {
#ifdef MADV_POPULATE_WRITE
    if (size >= PAGE) {
        madvise(memory, size / PAGE * PAGE, MADV_POPULATE_WRITE);  // no harm where it is refused: Linux before 5.14
    }
#endif
}

}  // namespace tokapu
