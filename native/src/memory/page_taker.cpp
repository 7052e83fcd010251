#include "memory/page_taker.h"

#include "core/guard.h"

#include <utility>

namespace tokapu {

PageTaker::~PageTaker() {
    {
        const std::lock_guard held(lock);
        ends = true;
        waiting.clear();
    }
    changed.notify_one();
    if (thread.joinable()) {
        thread.join();
    }
}

void PageTaker::take(std::shared_ptr<StateMemory> memory) noexcept {
    swallowing("taking pages ahead", [&] {
        if (!thread.joinable()) {
            thread = std::thread([this] { run(); });
        }
        {
            const std::lock_guard held(lock);
            waiting.push_back(std::move(memory));
        }
        changed.notify_one();
    });
}

void PageTaker::run() {
    std::unique_lock held(lock);
    while (!ends) {
        if (waiting.empty()) {
            changed.wait(held);
            continue;
        }
        const std::shared_ptr<StateMemory> memory = std::move(waiting.front());
        waiting.pop_front();
        for (size_t i = 0; i < memory->n_blocks() && !ends; i++) {
            held.unlock();
            memory->take_pages(i);
            held.lock();
        }
    }
}

}  // namespace tokapu
