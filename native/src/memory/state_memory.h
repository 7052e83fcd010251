// The memory of states, in blocks that further states use again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tokapu {

// Bytes that are written at any place and read at any place; not cleared first. The first write to a page of memory takes several times as
// long as the copy to it, so blocks of closed states are kept for those to come: as long as there are states, an eighth of what they have
// and some more.
class StateMemory {
  public:
    StateMemory() = default;
    explicit StateMemory(size_t size);

    ~StateMemory();
    StateMemory(const StateMemory &)             = delete;
    StateMemory & operator=(const StateMemory &) = delete;

    size_t size() const { return n_bytes; }

    void append(const void * from, size_t size);

    // Hands on the bytes from a place on, in runs that lie together: f(memory, bytes before it, bytes).
    template <class F> void each(size_t place, size_t size, F && f) const {
        for (size_t done = 0; done < size;) {
            const size_t at    = (place + done) % BLOCK;
            const size_t count = std::min(size - done, BLOCK - at);
            f(blocks[(place + done) / BLOCK] + at, done, count);
            done += count;
        }
    }

    // Makes the first write to a page take as long as 4 KiB do, for bytes that are filled in parts while others wait: where the host of a
    // virtual machine has to find a page, that is 10 us and not 5 ms. All of it takes longer than with large pages that the host has.
    void take_small_pages();

    // Takes the pages of a block from the system, while others may write there.
    void take_pages(size_t block);

    size_t n_blocks() const { return blocks.size(); }

    static constexpr size_t BLOCK = size_t{ 8 } << 20U;

  private:
    size_t size_of(size_t block) const;
    void add_block(size_t size);
    void give_back() noexcept;

    std::vector<uint8_t *> blocks;       // of BLOCK bytes, but for the last one
    size_t                 n_bytes = 0;
    size_t                 last    = 0;  // bytes for which the last block has room
};

}  // namespace tokapu
