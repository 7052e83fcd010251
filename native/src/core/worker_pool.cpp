#include "core/worker_pool.h"

#include <system_error>

namespace tokapu {

WorkerPool::WorkerPool(int32_t n_workers) : wanted(n_workers) {
    threads.reserve(static_cast<size_t>(n_workers));
    try {
        for (int32_t i = 0; i < n_workers; i++) {
            threads.emplace_back([this] { work(); });
        }
    } catch (const std::system_error &) {
        // The caller's thread alone is enough.
    }
}

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard<std::mutex> guard(lock);
        ending = true;
    }
    started.notify_all();
    for (std::thread & thread : threads) {
        thread.join();
    }
}

void WorkerPool::run(int32_t n, Body new_body, const void * new_argument) {
    {
        const std::lock_guard<std::mutex> guard(lock);
        body     = new_body;
        argument = new_argument;
        n_items  = n;
        next.store(0, std::memory_order_relaxed);
        open = true;
        job++;
    }
    if (n > 1) {
        started.notify_all();
    }
    take_items();
    // A thread that wakes up now finds nothing to do: nobody waits for it.
    std::unique_lock<std::mutex> guard(lock);
    open = false;
    done.wait(guard, [this] { return inside == 0; });
}

void WorkerPool::take_items() {
    for (int32_t item = next.fetch_add(1, std::memory_order_relaxed); item < n_items;
         item         = next.fetch_add(1, std::memory_order_relaxed)) {
        body(argument, item);
    }
}

void WorkerPool::work() {
    uint64_t                     seen = 0;
    std::unique_lock<std::mutex> guard(lock);
    while (true) {
        started.wait(guard, [&] { return ending || (open && job != seen); });
        if (ending) {
            return;
        }
        seen = job;
        inside++;
        guard.unlock();
        take_items();
        guard.lock();
        if (--inside == 0) {
            done.notify_one();
        }
    }
}

}  // namespace tokapu
