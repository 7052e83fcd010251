// The bytes of a state, in runs of memory that states share.
#pragma once

#include "memory/state_memory.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace tokapu {

// Bytes that are read and written at any place; not cleared first. A state that continues another one has the other one's memory where
// their bytes are the same: nobody writes there any more.
class StateBytes {
  public:
    size_t size() const { return n_bytes; }

    // Bytes of the memory that this keeps from being freed: more than its size where it has a part of it.
    size_t held() const;

    // Adds bytes behind the last one; false when other bytes have this memory, too.
    bool append(const void * from, size_t size);

    // Adds some bytes of a memory behind the last one.
    void share(const std::shared_ptr<StateMemory> & memory, size_t offset, size_t size);

    // Adds bytes that are those of others, from a place on.
    void share(const StateBytes & others, size_t place, size_t size);

    void write(size_t place, const void * from, size_t size);
    void read(size_t place, void * to, size_t size) const;

    // Hands on the bytes from a place on, in pieces that lie together: f(memory, bytes before it, bytes).
    template <class F> void each(size_t place, size_t size, F && f) const {
        size_t done = 0;
        for (size_t k = run_at(place); done < size; k++) {
            const Run &  run   = runs[k];
            const size_t into  = place + done - run.place;
            const size_t count = std::min(size - done, run.size - into);
            run.memory->each(run.offset + into, count,
                             [&](uint8_t * memory, size_t before, size_t n) { f(memory, done + before, n); });
            done += count;
        }
    }

  private:
    // Some bytes of a memory.
    struct Run {
        std::shared_ptr<StateMemory> memory;
        size_t                       offset;
        size_t                       place;  // where they are among all bytes
        size_t                       size;
    };

    // The run that has a place.
    size_t run_at(size_t place) const {
        const auto behind = std::upper_bound(runs.begin(), runs.end(), place, [](size_t at, const Run & run) { return at < run.place; });
        return static_cast<size_t>(behind - runs.begin()) - 1;
    }

    std::vector<Run> runs;
    size_t           n_bytes = 0;
};

}  // namespace tokapu
