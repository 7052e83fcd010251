#include "memory/state_memory.h"

#include "platform/memory.h"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>

namespace tokapu {

namespace {

constexpr size_t LEAST = 4096;  // bytes of a block that grows

uint8_t * allocate(size_t size) {
    void * const memory = allocate_in_large_pages(size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return static_cast<uint8_t *>(memory);
}

// Whole blocks, of all states.
class BlockPool {
  public:
    uint8_t * take() {
        {
            const std::lock_guard held(lock);
            n_taken++;
            if (!kept.empty()) {
                uint8_t * const block = kept.back();
                kept.pop_back();
                return block;
            }
        }
        try {
            return allocate(StateMemory::BLOCK);
        } catch (...) {
            const std::lock_guard held(lock);
            n_taken--;
            throw;
        }
    }

    void give(uint8_t * block) noexcept {
        const std::lock_guard held(lock);
        n_taken--;
        if (kept.size() < most()) {
            kept.push_back(block);  // there is room
        } else {
            std::free(block);
        }
        while (kept.size() > most()) {
            std::free(kept.back());
            kept.pop_back();
        }
    }

    static BlockPool & of_all() {
        static auto * const pool = new BlockPool;  // states may be closed by threads that outlive the statics
        return *pool;
    }

  private:
    static constexpr size_t FEW  = 8;
    static constexpr size_t MANY = 512;

    BlockPool() { kept.reserve(MANY); }

    size_t most() const { return n_taken == 0 ? 0 : std::min(MANY, FEW + n_taken / 8); }

    std::mutex             lock;
    std::vector<uint8_t *> kept;
    size_t                 n_taken = 0;
};

}  // namespace

StateMemory::StateMemory(size_t size) {
    try {
        blocks.reserve((size + BLOCK - 1) / BLOCK);
        for (size_t done = 0; done < size; done += BLOCK) {
            add_block(std::min(BLOCK, size - done));
        }
    } catch (...) {
        give_back();
        throw;
    }
    n_bytes = size;
}

StateMemory::~StateMemory() {
    give_back();
}

void StateMemory::give_back() noexcept {
    for (size_t i = 0; i < blocks.size(); i++) {
        if (i + 1 < blocks.size() || last == BLOCK) {
            BlockPool::of_all().give(blocks[i]);
        } else {
            std::free(blocks[i]);
        }
    }
}

void StateMemory::add_block(size_t size) {
    blocks.push_back(nullptr);
    try {
        blocks.back() = size == BLOCK ? BlockPool::of_all().take() : allocate(size);
    } catch (...) {
        blocks.pop_back();
        throw;
    }
    last = size;
}

void StateMemory::append(const void * from, size_t size) {
    const auto * const bytes = static_cast<const uint8_t *>(from);
    for (size_t done = 0; done < size;) {
        const size_t used = blocks.empty() ? 0 : n_bytes - (blocks.size() - 1) * BLOCK;
        if (blocks.empty() || used == BLOCK) {
            add_block(std::min(BLOCK, std::max(LEAST, size - done)));
            continue;
        }
        if (used == last) {
            // A block that is not a whole one becomes larger, in the end a whole one.
            const size_t    more  = std::min(BLOCK, std::max(2 * last, used + (size - done)));
            uint8_t * const block = more == BLOCK ? BlockPool::of_all().take() : allocate(more);
            std::memcpy(block, blocks.back(), used);
            std::free(blocks.back());
            blocks.back() = block;
            last          = more;
        }
        const size_t count = std::min(size - done, last - used);
        std::memcpy(blocks.back() + used, bytes + done, count);
        n_bytes += count;
        done += count;
    }
}

void StateMemory::take_small_pages() {
    for (size_t i = 0; i < blocks.size(); i++) {
        use_small_pages(blocks[i], size_of(i));
    }
}

void StateMemory::take_pages(size_t block) {
    tokapu::take_pages(blocks[block], size_of(block));
}

size_t StateMemory::size_of(size_t block) const {
    return block + 1 < blocks.size() ? BLOCK : last;
}

}  // namespace tokapu
