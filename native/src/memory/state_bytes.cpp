#include "memory/state_bytes.h"

#include <cstring>
#include <set>

namespace tokapu {

size_t StateBytes::held() const {
    std::set<const StateMemory *> counted;
    size_t                        bytes = 0;
    for (const Run & run : runs) {
        bytes += counted.insert(run.memory.get()).second ? run.memory->size() : 0;
    }
    return bytes;
}

bool StateBytes::append(const void * from, size_t size) {
    if (runs.empty()) {
        runs.push_back({ std::make_shared<StateMemory>(), 0, 0, 0 });
    }
    Run & last = runs.back();
    if (runs.size() > 1 || last.memory.use_count() > 1) {
        return false;
    }
    last.memory->append(from, size);
    last.size += size;
    n_bytes += size;
    return true;
}

void StateBytes::share(const std::shared_ptr<StateMemory> & memory, size_t offset, size_t size) {
    if (size == 0) {
        return;
    }
    const bool follows = !runs.empty() && runs.back().memory == memory && runs.back().offset + runs.back().size == offset;
    if (follows) {
        runs.back().size += size;
    } else {
        runs.push_back({ memory, offset, n_bytes, size });
    }
    n_bytes += size;
}

void StateBytes::share(const StateBytes & others, size_t place, size_t size) {
    for (size_t k = others.run_at(place), done = 0; done < size; k++) {
        const Run &  run   = others.runs[k];
        const size_t into  = place + done - run.place;
        const size_t count = std::min(size - done, run.size - into);
        share(run.memory, run.offset + into, count);
        done += count;
    }
}

void StateBytes::write(size_t place, const void * from, size_t size) {
    each(place, size, [&](uint8_t * memory, size_t done, size_t count) {
        std::memcpy(memory, static_cast<const uint8_t *>(from) + done, count);
    });
}

void StateBytes::read(size_t place, void * to, size_t size) const {
    each(place, size, [&](const uint8_t * memory, size_t done, size_t count) {
        std::memcpy(static_cast<uint8_t *>(to) + done, memory, count);
    });
}

}  // namespace tokapu
