#pragma once

#include <cstddef>

namespace tokapu {

// Memory as of std::malloc(), in large pages where the system has them and the size is worth it. std::free() frees it.
void * allocate_in_large_pages(size_t size);

// Undoes what allocate_in_large_pages() asked of the system.
void use_small_pages(void * memory, size_t size);

// Takes the pages of such memory from the system that it does not have yet, where the system can do so without changing its bytes.
void take_pages(void * memory, size_t size);

}  // namespace tokapu
